import type Stripe from 'stripe'
import type { CheckoutSession } from '../checkout-session.ts'
import { answerOf, findOf, isStripeRefusal, toPaymentError } from './errors.ts'
import { listPages } from './pages.ts'
import { readSession } from './read-session.ts'
import { toSeconds } from './values.ts'

const EXPAND = ['payment_intent.latest_charge']

/** Reads a session; undefined for an unknown one. Throws `stripe-api-error`. */
export async function findCheckoutSession(stripe: Stripe, sessionId: string): Promise<CheckoutSession | undefined> {
  const session = await findOf(stripe.checkout.sessions.retrieve(sessionId, { expand: EXPAND }))
  return session && readSession(session)
}

/** The session of a payment, as a list shows it; undefined without one. Throws `stripe-api-error`. */
export async function findSessionOfPayment(
  stripe: Stripe,
  paymentIntentId: string,
): Promise<CheckoutSession | undefined> {
  const { data } = await answerOf(stripe.checkout.sessions.list({ payment_intent: paymentIntentId, limit: 1 }))
  return data[0] && readSession(data[0])
}

/**
 * Expires a session so that it can no longer be paid, and answers its state after that, which is another than `expired` if
 * the customer was faster. Throws `stripe-api-error`.
 */
export async function endCheckoutSession(stripe: Stripe, sessionId: string): Promise<CheckoutSession | undefined> {
  try {
    return readSession(await stripe.checkout.sessions.expire(sessionId))
  } catch (error) {
    if (!isStripeRefusal(error)) throw toPaymentError(error)
    return findCheckoutSession(stripe, sessionId)
  }
}

export type SessionSpan = { since: Date; only?: 'complete'; pages: number }

/**
 * Up to `pages` pages of a hundred of the sessions that were made since a moment, newest first; `complete` says whether
 * these are all. Throws `stripe-api-error`.
 */
export async function listCheckoutSessions(
  stripe: Stripe,
  { since, only, pages }: SessionSpan,
): Promise<{ sessions: CheckoutSession[]; complete: boolean }> {
  const wanted = { created: { gte: toSeconds(since) }, ...(only === undefined ? {} : { status: only }) }
  const { items, complete } = await listPages((page) => stripe.checkout.sessions.list({ ...wanted, ...page }), pages)
  return { sessions: items.map(readSession), complete }
}
