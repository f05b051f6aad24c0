import type Stripe from 'stripe'
import { type Dispute, DISPUTE_STATUSES, type DisputeStatus } from '../dispute.ts'
import { answerOf, findOf } from './errors.ts'
import { idOf, toDate } from './values.ts'

/** Stripe lists at most this many at once; a payment never has more disputes. */
const DISPUTES_MAX = 100

/** Statuses of an appeal against a lost dispute, and the statuses that they count as. */
const APPEALS = new Map<string, DisputeStatus>([
  ['appeal_needs_response', 'needs_response'],
  ['appeal_under_review', 'under_review'],
])

/** An unknown status counts as one under review: an inquiry if it begins with `warning_`, else a dispute. */
const toStatus = (status: string): DisputeStatus =>
  DISPUTE_STATUSES.find((known) => known === status) ??
  APPEALS.get(status) ??
  (status.startsWith('warning_') ? 'warning_under_review' : 'under_review')

export const readDispute = (dispute: Stripe.Dispute): Dispute => {
  const dueBy = dispute.evidence_details?.due_by ?? null
  return {
    id: dispute.id,
    paymentIntentId: idOf(dispute.payment_intent),
    amount: dispute.amount,
    currency: dispute.currency,
    status: toStatus(dispute.status),
    reason: dispute.reason,
    evidenceDueBy: dueBy === null ? null : toDate(dueBy),
    createdAt: toDate(dispute.created),
  }
}

/** All disputes of a payment, newest first. Throws `stripe-api-error`. */
export async function listDisputes(stripe: Stripe, paymentIntentId: string): Promise<Dispute[]> {
  const { data } = await answerOf(stripe.disputes.list({ payment_intent: paymentIntentId, limit: DISPUTES_MAX }))
  return data.map(readDispute)
}

/** Reads a dispute; undefined for an unknown one. Throws `stripe-api-error`. */
export async function findDispute(stripe: Stripe, id: string): Promise<Dispute | undefined> {
  const dispute = await findOf(stripe.disputes.retrieve(id))
  return dispute && readDispute(dispute)
}
