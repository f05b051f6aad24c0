import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { checkoutIdOf } from '../../stripe/metadata.ts'
import { findSession } from '../../stripe/sessions.ts'
import { type CheckoutRow, selectCheckoutsBySession } from './queries/read-checkout.ts'
import { type Settlement, settleCheckout } from './settle-checkout.ts'

/**
 * How a checkout stands, for its buyer's return page. While the shop does not know of a payment, Stripe is asked, and
 * a payment whose webhook has not come yet becomes the order here.
 * Throws `not-found` to anyone but the buyer, `stripe-api-error`, and what `placeOrder` throws.
 */
export async function getCheckoutResult(
  ctx: Ctx,
  { sessionId, mayAskStripe }: { sessionId: string; mayAskStripe: boolean },
): Promise<Settlement> {
  const missing = new AppError('not-found', 'There is no such checkout.')
  if (ctx.actor.memberId === null && ctx.actor.visitorId === null) throw missing
  const { rows } = await runStatementAsCaller(ctx, () => selectCheckoutsBySession(ctx.db, ctx.actor, sessionId))
  const row: CheckoutRow | undefined = rows[0]
  if (row === undefined) throw missing
  if (row.stripe_session_id === sessionId && row.status !== 'open' && row.status !== 'processing') {
    return { status: row.status, ...(row.order_identifier === null ? {} : { orderIdentifier: row.order_identifier }) }
  }
  if (!mayAskStripe && row.stripe_session_id === sessionId) return { status: row.status }
  const session = await findSession(ctx.stripe, sessionId)
  const checkoutId = session && checkoutIdOf(session)
  if (session === undefined || !rows.some(({ id }) => id === checkoutId)) throw missing
  return settleCheckout(ctx, { session })
}
