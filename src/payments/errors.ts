import { AppError } from '../shared/errors.ts'

type RefusalReason = 'amount-too-small' | 'customer-missing' | 'other'

/** The provider refused a request because of its content: it had no effect, and repeating it will not help. */
export class PaymentRefusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, cause: unknown) {
    super(`the payment provider refused the request: ${reason}`, { cause })
    this.name = 'PaymentRefusal'
    this.reason = reason
  }
}

/** Whether an error of `ctx.payments` is a refusal. After any other error, the request may have taken effect. */
export const isRefused = (error: unknown): error is AppError & { cause: PaymentRefusal } =>
  error instanceof AppError && error.cause instanceof PaymentRefusal

/** Whether a request was refused because the provider has no such customer, or has deleted it. */
export const isCustomerMissing = (error: unknown): boolean =>
  isRefused(error) && error.cause.reason === 'customer-missing'

/** The error for a provider that did not answer or refused. The caller does not see the provider's message. */
export const stripeApiError = (cause: unknown): AppError =>
  new AppError('stripe-api-error', 'The payment service did not answer. Try again in a moment.', { cause })
