import type { UnmatchedReason } from '../../db/schema/unmatched-payments.ts'
import type { ErrorCode } from '../../shared/errors.ts'

/** Why no order comes of a paid session: it is recorded as unmatched, or such a record has been resolved already. */
export type NoOrderReason = UnmatchedReason | 'resolved'

/** A session was paid and no order comes of it, however often it is tried, until an operator does something about it. */
export class UnmatchedPayment extends Error {
  readonly reason: NoOrderReason

  constructor(reason: NoOrderReason, cause?: unknown) {
    super(`paid, but no order can come of it: ${reason}`, { cause })
    this.name = 'UnmatchedPayment'
    this.reason = reason
  }
}

/** What the webhook answers for such a payment. */
export function codeOfUnmatched(reason: NoOrderReason): ErrorCode {
  if (reason === 'no-checkout') return 'no-cart-id'
  return reason === 'unknown-checkout' ? 'cart-not-found' : 'payment-unmatched'
}
