import type { Ctx } from '../../context.ts'
import { isMissing, stripeApiError } from '../../payments/stripe/client.ts'
import { checkoutIdOf } from '../../payments/stripe/metadata.ts'
import { findSession, idOf } from '../../payments/stripe/sessions.ts'
import { settleCheckout } from '../checkout/settle-checkout.ts'

type OfPayment = { payment_intent: string | { id: string } | null }

/** The payment that something of Stripe's belongs to; null when Stripe does not know it. Throws `stripe-api-error`. */
export async function paymentIntentOf(retrieve: () => Promise<OfPayment>): Promise<string | null> {
  try {
    return idOf((await retrieve()).payment_intent)
  } catch (error) {
    if (isMissing(error)) return null
    throw stripeApiError(error)
  }
}

/**
 * Takes over what Stripe holds about a payment; if its order is not there yet, because events came out of order, the order
 * is placed first. Answers undefined when the payment has none. Throws what `sync` and `settleCheckout` throw.
 */
export async function syncOrPlaceFirst<T>(
  ctx: Ctx,
  paymentIntentId: string,
  sync: () => Promise<T | undefined>,
): Promise<T | undefined> {
  return (await sync()) ?? ((await placeOrderOf(ctx, paymentIntentId)) ? sync() : undefined)
}

async function placeOrderOf(ctx: Ctx, paymentIntentId: string): Promise<boolean> {
  const { data } = await ctx.stripe.checkout.sessions
    .list({ payment_intent: paymentIntentId, limit: 1 })
    .catch((error: unknown) => {
      throw stripeApiError(error)
    })
  const [found] = data
  if (found === undefined || checkoutIdOf(found) === undefined) return false
  const session = await findSession(ctx.stripe, found.id)
  return session !== undefined && (await settleCheckout(ctx, { session })).status === 'complete'
}
