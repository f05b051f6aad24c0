/** `requires_action` waits for the customer, `pending` for the bank. A refund that has succeeded can still fail later. */
export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const

export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** A refund to the customer. The amount is in minor units. */
export type Refund = {
  id: string
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  createdAt: Date
}
