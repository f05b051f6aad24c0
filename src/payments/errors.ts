import { AppError } from '../shared/errors.ts'

type RefusalReason = 'amount-too-small' | 'customer-missing' | 'other'

/** The provider refused a request for what it says: it had no effect, and repeating it will not help. */
export class PaymentRefusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, cause: unknown) {
    super(`the payment provider refused the request: ${reason}`, { cause })
    this.name = 'PaymentRefusal'
    this.reason = reason
  }
}

/**
 * Whether an error of a verb of `ctx.payments` is a refusal. Of any other nobody knows whether the request took effect.
 */
export const isRefused = (error: unknown): error is AppError & { cause: PaymentRefusal } =>
  error instanceof AppError && error.cause instanceof PaymentRefusal

/** Whether a request was refused because the customer that it names has been deleted at the provider, or never was. */
export const isCustomerMissing = (error: unknown): boolean =>
  isRefused(error) && error.cause.reason === 'customer-missing'

/** The provider could not be asked, did not answer, or refused. Nothing of its message reaches the caller. */
export const stripeApiError = (cause: unknown): AppError =>
  new AppError('stripe-api-error', 'The payment service did not answer. Nothing was charged; try again shortly.', {
    cause,
  })
