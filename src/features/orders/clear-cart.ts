import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { recordEmailFailure } from '../email/record-email-failure.ts'
import { clearCartStatements } from './queries/cleared-carts.ts'

/** Takes what was bought out of the cart. Never throws: the order stands whatever happens here. */
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
