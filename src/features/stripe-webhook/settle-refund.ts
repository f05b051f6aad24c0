import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { noteEvent } from '../../db/webhook-events.ts'
import { isMissing, stripeApiError } from '../../stripe/client.ts'
import { checkoutIdOf } from '../../stripe/metadata.ts'
import { findSession, idOf } from '../../stripe/sessions.ts'
import { settleCheckout } from '../checkout/settle-checkout.ts'
import { resolveRefunded } from '../orders/resolve-refunded.ts'
import { syncRefunds } from '../orders/sync-refunds.ts'
import type { WebhookAnswer } from './schemas.ts'
import type { VerifiedEvent } from './verify-event.ts'

/**
 * A refund was made or changed, here or in Stripe's dashboard. When its order is not there yet, because the events came
 * out of order, the order is placed first; a payment that belongs to none is resolved once all of it was paid back. Throws `stripe-api-error` and what `placeOrder` throws.
 */
export async function settleRefund(ctx: Ctx, { record, objectId }: VerifiedEvent): Promise<WebhookAnswer> {
  const paymentIntentId = await findPaymentIntent(ctx, objectId ?? '')
  const order =
    paymentIntentId === null
      ? undefined
      : ((await syncRefunds(ctx, { paymentIntentId, event: record })) ??
        ((await placeOrderOf(ctx, paymentIntentId))
          ? await syncRefunds(ctx, { paymentIntentId, event: record })
          : undefined))
  if (order !== undefined) return { received: true, outcome: 'processed', order_identifier: order.identifier }
  if (paymentIntentId !== null && (await resolveRefunded(ctx, { paymentIntentId, event: record }))) {
    return { received: true, outcome: 'processed' }
  }
  await runStatement(() => noteEvent(ctx.db, record, 'ignored', ctx.now()))
  return { received: true, outcome: 'ignored' }
}

/** The payment that a refund (`re_…`) or a charge (`ch_…`) belongs to; null when Stripe knows none. */
async function findPaymentIntent(ctx: Ctx, objectId: string): Promise<string | null> {
  try {
    const { payment_intent: intent } = objectId.startsWith('ch_')
      ? await ctx.stripe.charges.retrieve(objectId)
      : await ctx.stripe.refunds.retrieve(objectId)
    return idOf(intent)
  } catch (error) {
    if (isMissing(error)) return null
    throw stripeApiError(error)
  }
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
