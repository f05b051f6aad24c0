import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { isCustomerMissing, isRefused, PaymentRefusal } from '../../../../src/payments/errors.ts'
import { findOf, toPaymentError } from '../../../../src/payments/stripe/errors.ts'
import { isAppError } from '../../../../src/shared/errors.ts'

const stripeError = (statusCode: number, parts: { code?: string; param?: string } = {}) =>
  new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', statusCode, message: 'No.', ...parts })

describe('an error of Stripe', () => {
  test.each([400, 402, 404, 422])('of status %i is a refusal: nothing was done', (status) => {
    const error = toPaymentError(stripeError(status))
    expect(isAppError(error, 'stripe-api-error')).toBe(true)
    expect(isRefused(error)).toBe(true)
  })

  test.each([401, 403, 409, 429, 500, 503])('of status %i says nothing of what was done', (status) => {
    const error = toPaymentError(stripeError(status))
    expect(isAppError(error, 'stripe-api-error')).toBe(true)
    expect(isRefused(error)).toBe(false)
    expect(isAppError(error) ? error.message : '').not.toMatch(/charged/)
  })

  test.each([
    ['a lost connection', new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'Gone.' })],
    [
      'a key that stands for something else',
      new Stripe.errors.StripeIdempotencyError({ type: 'idempotency_error', statusCode: 400, message: 'Other.' }),
    ],
    ['anything else that is thrown', new Error('Other.')],
  ])('is no refusal when it is %s', (_, thrown) => {
    expect(isRefused(toPaymentError(thrown))).toBe(false)
  })

  test('says that a customer is missing, whether the customer or a session was asked for', () => {
    const missing = (param: string) => toPaymentError(stripeError(404, { code: 'resource_missing', param }))
    expect(['customer', 'id', 'coupon'].map((param) => isCustomerMissing(missing(param)))).toEqual([true, true, false])
    expect(isCustomerMissing(toPaymentError(stripeError(400, { param: 'customer' })))).toBe(false)
  })

  test('says that an amount is too small', () => {
    const { cause } = toPaymentError(stripeError(400, { code: 'amount_too_small' }))
    expect(cause).toBeInstanceOf(PaymentRefusal)
    expect(cause).toMatchObject({ reason: 'amount-too-small' })
  })

  test('of status 404 means that nothing was found, where that may be', async () => {
    await expect(findOf(Promise.reject(stripeError(404)))).resolves.toBeUndefined()
    const wrongKey = findOf(Promise.reject(stripeError(401)))
    await expect(wrongKey).rejects.toMatchObject({ code: 'stripe-api-error' })
  })
})
