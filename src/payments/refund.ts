/** `requires_action` waits for the customer, `pending` for the bank; a refund that had succeeded may fail later still. */
export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const

export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** Money on its way back to the customer, in minor units. */
export type Refund = {
  id: string
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  createdAt: Date
}
