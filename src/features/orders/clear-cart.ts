import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { recordEmailFailure } from '../email/record-email-failure.ts'
import { clearCartStatements } from './queries/cleared-carts.ts'

/** Removes what was bought from the cart. Never throws, since the order exists already; the sweep tries again. */
export async function clearCart(
  ctx: Ctx,
  { checkoutId, orderId }: { checkoutId: string; orderId?: string },
): Promise<void> {
  try {
    await runBatch(ctx.db, clearCartStatements(ctx.db, checkoutId, ctx.now()))
  } catch (error) {
    ctx.log.error('cart-not-cleared', { checkout_id: checkoutId, error })
    if (orderId !== undefined) await recordEmailFailure(ctx, { orderId, type: 'cart_deletion', phase: 5, error })
  }
}
