import { requireShopper, shopperIds } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { GIVEN_UP } from '../../db/schema/checkout.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { type CheckoutRow, selectCheckoutsBySession } from './queries/read-checkout.ts'
import { isOwnSession, type PaymentNote } from './rules.ts'
import { type Settlement, settleCheckout } from './settle-checkout.ts'

/** The state of a checkout; while it is open, with the payment page's `url` and its end, `expiresAt` (ISO 8601). */
export type CheckoutResult = Pick<Settlement, 'status' | 'orderIdentifier'> & {
  payment?: PaymentNote
  url?: string
  expiresAt?: string
}

/**
 * The state of a checkout, for its buyer's return page. Unless the order is there, this asks Stripe, also about a checkout
 * that was given up: if it was paid all the same, it places the order. With a `refusal` (of a rate limit) it does not ask
 * Stripe: it answers what is stored, or throws the refusal if only Stripe knows whose session it is.
 * Throws `not-found` to anyone but the buyer, `stripe-api-error`, and what `placeOrder` throws.
 */
export async function getCheckoutResult(
  ctx: Ctx,
  { sessionId, refusal }: { sessionId: string; refusal: AppError | undefined },
): Promise<CheckoutResult> {
  const missing = new AppError('not-found', 'There is no such checkout.')
  const shopper = shopperIds(requireShopper(ctx.actor))
  if (shopper.memberId === null && shopper.visitorId === null) throw missing
  const { rows } = await runStatementAsCaller(ctx, () => selectCheckoutsBySession(ctx.db, shopper, sessionId))
  const row: CheckoutRow | undefined = rows[0]
  if (row === undefined) throw missing
  const isStored = row.stripe_session_id === sessionId
  if (isStored && row.order_identifier !== null) return { status: 'complete', orderIdentifier: row.order_identifier }
  if (refusal !== undefined) {
    if (!isStored) throw refusal
    return withPage({ status: row.status, payment: 'unknown' }, row, row.stripe_session_url)
  }
  const session = await ctx.payments.findCheckoutSession(sessionId)
  const isGivenUp = isStored && GIVEN_UP.some((status) => status === row.status)
  if (isGivenUp && session?.state !== 'paid') return { status: row.status }
  if (session === undefined) throw missing
  const checkout: CheckoutRow | undefined = rows.find(
    (each) => each.id === session.checkoutId && isOwnSession(each, session),
  )
  if (checkout === undefined) throw missing
  return withPage(toResult(await settleCheckout(ctx, { session })), checkout, session.url)
}

function toResult({ unmatched, ...result }: Settlement): CheckoutResult {
  if (unmatched === undefined) return result
  return { ...result, payment: unmatched === 'resolved' ? 'closed' : 'received' }
}

/** Adds the payment page, to which a buyer who has not paid can go back. */
const withPage = (result: CheckoutResult, { expires_at }: CheckoutRow, url: string | null): CheckoutResult =>
  result.status !== 'open' || url === null ? result : { ...result, url, expiresAt: expires_at }
