/** A status that begins with `warning_` is that of an inquiry. */
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

/** The customer's bank asks for the money of a payment back, in minor units. */
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

/** A bank that inquires has taken no money yet; a chargeback may come of it. */
export const isInquiry = ({ status }: Dispute): boolean => status.startsWith('warning_')
