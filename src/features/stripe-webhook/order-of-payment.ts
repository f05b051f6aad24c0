import type { Ctx } from '../../context.ts'
import { settleCheckout } from '../checkout/settle-checkout.ts'

/**
 * Runs `sync` for a payment's order, and places the order first if events came out of order. Answers undefined when the
 * payment has no order. Throws what `sync` and `settleCheckout` throw.
 */
export async function syncOrPlaceFirst<T>(
  ctx: Ctx,
  paymentIntentId: string,
  sync: () => Promise<T | undefined>,
): Promise<T | undefined> {
  return (await sync()) ?? ((await placeOrderOf(ctx, paymentIntentId)) ? sync() : undefined)
}

async function placeOrderOf(ctx: Ctx, paymentIntentId: string): Promise<boolean> {
  const found = await ctx.payments.findSessionOfPayment(paymentIntentId)
  if (found === undefined || found.checkoutId === null) return false
  const session = await ctx.payments.findCheckoutSession(found.id)
  return session !== undefined && (await settleCheckout(ctx, { session })).status === 'complete'
}
