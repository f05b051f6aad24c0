import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { recordEvent } from '../../db/webhook-events.ts'
import { resolveRefunded } from '../orders/resolve-refunded.ts'
import { syncRefunds } from '../orders/sync-refunds.ts'
import { syncOrPlaceFirst } from './order-of-payment.ts'
import type { WebhookAnswer } from './schemas.ts'
import type { VerifiedEvent } from './verify-event.ts'

/**
 * Handles an event about a refund. If events came out of order, the order is placed first. A payment without an order is
 * resolved once it is refunded in full.
 * Throws `stripe-api-error` and what `placeOrder` throws.
 */
export async function settleRefund(ctx: Ctx, { record }: VerifiedEvent): Promise<WebhookAnswer> {
  const paymentIntentId = await ctx.payments.findRefundedPayment(record.objectId ?? '')
  if (paymentIntentId !== null) {
    const given = { paymentIntentId, event: record }
    const order = await syncOrPlaceFirst(ctx, paymentIntentId, () => syncRefunds(ctx, given))
    if (order !== undefined) return { received: true, outcome: 'processed', order_identifier: order.identifier }
    if (await resolveRefunded(ctx, given)) return { received: true, outcome: 'processed' }
  }
  await runStatement(() => recordEvent(ctx.db, record, 'ignored', ctx.now()))
  return { received: true, outcome: 'ignored' }
}
