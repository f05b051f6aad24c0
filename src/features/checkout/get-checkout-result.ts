import { requireShopper, shopperIds } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { type CheckoutRow, selectCheckoutsBySession } from './queries/read-checkout.ts'
import { isOwnSession } from './rules.ts'
import { type Settlement, settleCheckout } from './settle-checkout.ts'

/** The state of a checkout; while it is open, with the payment page's `url` and its end, `expiresAt` (ISO 8601). */
export type CheckoutResult = Settlement & { url?: string; expiresAt?: string }

/**
 * The state of a checkout, for its buyer's return page. Unless the shop knows of the payment, this asks Stripe, and places
 * the order if the webhook has not come yet. With a `refusal` (of a rate limit) it does not ask Stripe: it answers what is
 * stored, or throws the refusal if only Stripe knows whose session it is.
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
  if (row.stripe_session_id === sessionId && row.status !== 'open' && row.status !== 'processing') {
    return { status: row.status, ...(row.order_identifier === null ? {} : { orderIdentifier: row.order_identifier }) }
  }
  if (refusal !== undefined) {
    if (row.stripe_session_id !== sessionId) throw refusal
    return withPage({ status: row.status }, row, row.stripe_session_url)
  }
  const session = await ctx.payments.findCheckoutSession(sessionId)
  if (session === undefined) throw missing
  const checkout: CheckoutRow | undefined = rows.find(
    (each) => each.id === session.checkoutId && isOwnSession(each, session),
  )
  if (checkout === undefined) throw missing
  return withPage(await settleCheckout(ctx, { session }), checkout, session.url)
}

/** Adds the payment page, to which a buyer who has not paid can go back. */
const withPage = (settled: Settlement, { expires_at }: CheckoutRow, url: string | null): CheckoutResult =>
  settled.status !== 'open' || url === null ? settled : { ...settled, url, expiresAt: expires_at }
