/** Statuses that begin with `warning_` are those of an inquiry. */
export const DISPUTE_STATUSES = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'prevented',
  'won',
  'lost',
] as const

export type DisputeStatus = (typeof DISPUTE_STATUSES)[number]

/** The customer's bank demands the money of a payment back. The amount is in minor units. */
export type Dispute = {
  id: string
  paymentIntentId: string | null
  amount: number
  currency: string
  status: DisputeStatus
  reason: string
  evidenceDueBy: Date | null
  createdAt: Date
}

/** Whether this is an inquiry: the bank has taken no money yet, but a chargeback may follow. */
export const isInquiry = ({ status }: Dispute): boolean => status.startsWith('warning_')
