import type { UnmatchedReason } from '../../db/schema/unmatched-payments.ts'
import type { ErrorCode } from '../../shared/errors.ts'

/** Why there is no order for a paid session: the reason for its record as unmatched, or that this record is resolved. */
export type NoOrderReason = UnmatchedReason | 'resolved'

/** The error for a paid session for which there can be no order until an operator acts. */
export class UnmatchedPayment extends Error {
  readonly reason: NoOrderReason

  constructor(reason: NoOrderReason, cause?: unknown) {
    super(`paid, but no order can come of it: ${reason}`, { cause })
    this.name = 'UnmatchedPayment'
    this.reason = reason
  }
}

/** The code in the answer to the webhook about such a payment. */
export function codeOfUnmatched(reason: NoOrderReason): ErrorCode {
  if (reason === 'no-checkout') return 'no-cart-id'
  return reason === 'unknown-checkout' ? 'cart-not-found' : 'payment-unmatched'
}
