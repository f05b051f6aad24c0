import type { UnmatchedReason } from '../../db/schema/unmatched-payments.ts'
import type { ErrorCode } from '../../shared/errors.ts'

/** A session was paid and no order comes of it, however often it is tried, until an operator does something about it. */
export class UnmatchedPayment extends Error {
  readonly reason: UnmatchedReason

  constructor(reason: UnmatchedReason, cause?: unknown) {
    super(`paid, but no order can come of it: ${reason}`, { cause })
    this.name = 'UnmatchedPayment'
    this.reason = reason
  }
}

/** What the webhook answers for such a payment. */
export function codeOfUnmatched(reason: UnmatchedReason): ErrorCode {
  if (reason === 'no-checkout') return 'no-cart-id'
  return reason === 'unknown-checkout' ? 'cart-not-found' : 'payment-unmatched'
}
