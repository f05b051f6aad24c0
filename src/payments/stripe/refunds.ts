import type Stripe from 'stripe'
import { type Refund, REFUND_STATUSES, type RefundStatus } from '../refund.ts'
import { answerOf, findOf } from './errors.ts'
import { idOf, toDate } from './values.ts'

/** Stripe lists at most this many at once; a payment never has more refunds. */
const REFUNDS_MAX = 100

/** An unknown status counts as `pending`, so that the refund counts until Stripe says that it failed. */
const toStatus = (status: string | null): RefundStatus => REFUND_STATUSES.find((known) => known === status) ?? 'pending'

export const readRefund = (refund: Stripe.Refund): Refund => ({
  id: refund.id,
  amount: refund.amount,
  currency: refund.currency,
  status: toStatus(refund.status),
  reason: refund.reason ?? null,
  createdAt: toDate(refund.created),
})

/** All refunds of a payment, oldest first. Throws `stripe-api-error`. */
export async function listRefunds(stripe: Stripe, paymentIntentId: string): Promise<Refund[]> {
  const { data } = await answerOf(stripe.refunds.list({ payment_intent: paymentIntentId, limit: REFUNDS_MAX }))
  // Stripe lists the newest first. Reversing the list keeps the order of refunds that were made in the same second.
  return data.toReversed().map(readRefund)
}

/**
 * The payment intent of a refund, given the id of the refund or of its charge; null when Stripe knows neither, or the
 * charge has no payment intent. Throws `stripe-api-error`.
 */
export async function findRefundedPayment(stripe: Stripe, id: string): Promise<string | null> {
  const isCharge = id.startsWith('ch_')
  const found = await findOf<{ payment_intent: Stripe.Refund['payment_intent'] }>(
    isCharge ? stripe.charges.retrieve(id) : stripe.refunds.retrieve(id),
  )
  return idOf(found?.payment_intent)
}
