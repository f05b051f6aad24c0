import type Stripe from 'stripe'
import { isMissing, isRefused, type StripeClient, stripeApiError } from './client.ts'
import { listPages } from './pages.ts'

export type Session = Stripe.Checkout.Session

const EXPAND = ['payment_intent.latest_charge']

/** Stripe's present state of a session. Throws `stripe-api-error`; undefined when Stripe knows no such session. */
export async function findSession(stripe: StripeClient, sessionId: string): Promise<Session | undefined> {
  try {
    return await stripe.checkout.sessions.retrieve(sessionId, { expand: EXPAND })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw stripeApiError(error)
  }
}

/**
 * Ends a session so that it can no longer be paid, and answers its state after that: `expired`, or `complete` when
 * the customer was faster. Throws `stripe-api-error`.
 */
export async function expireSession(stripe: StripeClient, sessionId: string): Promise<Session | undefined> {
  try {
    return await stripe.checkout.sessions.expire(sessionId)
  } catch (error) {
    if (!isRefused(error)) throw stripeApiError(error)
    return findSession(stripe, sessionId)
  }
}

/**
 * Sessions made since a moment, newest first, as far as `pages` pages of a hundred go; `complete` says whether these are
 * all. Throws `stripe-api-error`.
 */
export async function listSessions(
  stripe: StripeClient,
  { since, status, pages }: { since: Date; status?: 'complete'; pages: number },
): Promise<{ sessions: Session[]; complete: boolean }> {
  const created = { gte: Math.floor(since.getTime() / 1_000) }
  const wanted = { created, ...(status === undefined ? {} : { status }) }
  const { items, complete } = await listPages((page) => stripe.checkout.sessions.list({ ...wanted, ...page }), pages)
  return { sessions: items, complete }
}

type PaymentState = 'open' | 'expired' | 'paid' | 'processing' | 'failed'

/** Reads a session's fate. A completed session that is unpaid waits for its bank debit until the debit fails. */
export function paymentState(session: Session): PaymentState {
  if (session.status === 'expired') return 'expired'
  if (session.status !== 'complete') return 'open'
  if (session.payment_status === 'paid' || session.payment_status === 'no_payment_required') return 'paid'
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null
  return intent?.status === 'requires_payment_method' || intent?.status === 'canceled' ? 'failed' : 'processing'
}

export const idOf = (reference: string | { id: string } | null | undefined): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null)
