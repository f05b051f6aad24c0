/** Every code a client can meet. `http/problem.ts` maps each to a status; a code that is not mapped does not compile. */
export type ErrorCode =
  | 'amount-too-small'
  | 'cart-changed'
  | 'cart-empty'
  | 'cart-lines-limit'
  | 'cart-not-found'
  | 'checkout-already-paid'
  | 'csrf-failed'
  | 'database-unavailable'
  | 'discount-already-applied'
  | 'discount-exhausted'
  | 'discount-expired'
  | 'discount-minimum-not-reached'
  | 'discount-needs-email'
  | 'discount-not-combinable'
  | 'discount-not-found'
  | 'discount-not-yet-valid'
  | 'discount-used-up'
  | 'discount-wrong-currency'
  | 'idempotency-key-reused'
  | 'insufficient-stock'
  | 'internal-error'
  | 'invalid-cursor'
  | 'invalid-signature'
  | 'malformed-json'
  | 'method-not-allowed'
  | 'misconfigured'
  | 'no-cart-id'
  | 'not-found'
  | 'order-creation-failed'
  | 'origin-not-allowed'
  | 'payload-too-large'
  | 'payment-not-completed'
  | 'payment-unmatched'
  | 'precondition-failed'
  | 'price-changed'
  | 'quantity-limit'
  | 'rate-limited'
  | 'shipping-method-not-found'
  | 'shipping-method-required'
  | 'sku-not-available'
  | 'sku-not-found'
  | 'stripe-api-error'
  | 'total-too-large'
  | 'unsupported-media-type'
  | 'access-token-expired'
  | 'account-exists'
  | 'invalid-credentials'
  | 'invalid-token'
  | 'not-authenticated'
  | 'password-too-weak'
  | 'session-ended'
  | 'terms-version-unknown'
  | 'validation-failed'

export type FieldError = { field: string; code: string; message: string }

type AppErrorOptions = {
  /** Extra members of the problem document; never internals. */
  details?: Record<string, unknown>
  errors?: FieldError[]
  cause?: unknown
}

/** The one error that use cases throw. Its message is shown to the caller. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown>
  readonly errors: FieldError[]

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details ?? {}
    this.errors = options.errors ?? []
  }
}

export function isAppError<C extends ErrorCode>(error: unknown, ...codes: C[]): error is AppError & { code: C } {
  return error instanceof AppError && (codes.length === 0 || (codes as ErrorCode[]).includes(error.code))
}
