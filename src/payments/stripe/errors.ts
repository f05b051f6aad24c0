import Stripe from 'stripe'
import { PaymentRefusal, stripeApiError } from '../errors.ts'
import type { AppError } from '../../shared/errors.ts'

/**
 * What a wrong key, a request under way or too many of them are answered with: the same request may be taken later. An
 * idempotency key that Stripe knows with other parameters (a deploy may change them) is no refusal either: the first
 * request under it may well have taken.
 */
const NO_REFUSALS = new Set([401, 403, 409, 429])

/** Stripe refused the request for what it says: it had no effect, and repeating it will not help. */
export const isStripeRefusal = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeError &&
  !(error instanceof Stripe.errors.StripeIdempotencyError) &&
  error.statusCode !== undefined &&
  error.statusCode >= 400 &&
  error.statusCode < 500 &&
  !NO_REFUSALS.has(error.statusCode)

function toRefusal(error: Stripe.errors.StripeError): PaymentRefusal {
  if (error.code === 'amount_too_small') return new PaymentRefusal('amount-too-small', error)
  const isCustomer = error.param === 'customer' || error.param === 'id'
  return new PaymentRefusal(error.code === 'resource_missing' && isCustomer ? 'customer-missing' : 'other', error)
}

/** A `stripe-api-error`, for whatever the SDK threw; its cause is a `PaymentRefusal` when Stripe refused. */
export const toPaymentError = (error: unknown): AppError =>
  stripeApiError(isStripeRefusal(error) ? toRefusal(error) : error)

/** What Stripe answers. Throws `stripe-api-error`. */
export async function answerOf<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    throw toPaymentError(error)
  }
}

/** The same, undefined when Stripe knows no such object. Throws `stripe-api-error`. */
export async function findOf<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isStripeRefusal(error) && error.statusCode === 404) return undefined
    throw toPaymentError(error)
  }
}
