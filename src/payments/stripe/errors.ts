import Stripe from 'stripe'
import { PaymentRefusal, stripeApiError } from '../errors.ts'
import type { AppError } from '../../shared/errors.ts'

/**
 * 4xx statuses that do not count as a refusal, since the same request may succeed later: a wrong key, a request that is
 * still running, a rate limit. Reusing an idempotency key with other parameters (400) is no refusal either: after a
 * deploy the parameters may differ, and the first request under the key may have taken effect.
 */
const NO_REFUSALS = new Set([401, 403, 409, 429])

/** Whether Stripe refused the request because of its content: it had no effect, and repeating it will not help. */
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

/** Turns whatever the SDK threw into `stripe-api-error`; its cause is a `PaymentRefusal` if Stripe refused. */
export const toPaymentError = (error: unknown): AppError =>
  stripeApiError(isStripeRefusal(error) ? toRefusal(error) : error)

/** Waits for Stripe's answer. Throws `stripe-api-error`. */
export async function answerOf<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    throw toPaymentError(error)
  }
}

/** As `answerOf`, but undefined when Stripe has no such object. Throws `stripe-api-error`. */
export async function findOf<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isStripeRefusal(error) && error.statusCode === 404) return undefined
    throw toPaymentError(error)
  }
}
