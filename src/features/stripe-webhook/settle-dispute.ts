import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { noteEvent } from '../../db/webhook-events.ts'
import { raiseAlert } from '../alerts/raise-alert.ts'
import { selectUnmatchedOfIntent } from '../orders/queries/unmatched-payments.ts'
import { disputeAlert, syncDisputes } from '../orders/sync-disputes.ts'
import { syncOrPlaceFirst } from './order-of-payment.ts'
import type { WebhookAnswer } from './schemas.ts'
import type { VerifiedEvent } from './verify-event.ts'

/**
 * The customer's bank takes money back, or has decided about it. Recorded on the order, as Stripe holds it now, and told
 * to the operators once for each dispute, that of an unmatched payment too; of an inquiry, and again when it becomes a
 * chargeback.
 * Throws `stripe-api-error` and what `placeOrder` throws.
 */
export async function settleDispute(ctx: Ctx, { record }: VerifiedEvent): Promise<WebhookAnswer> {
  const dispute = await ctx.payments.findDispute(record.objectId ?? '')
  if (dispute !== undefined && dispute.paymentIntentId !== null) {
    const { paymentIntentId } = dispute
    const sync = () => syncDisputes(ctx, { paymentIntentId, event: record })
    const order = await syncOrPlaceFirst(ctx, paymentIntentId, sync)
    if (order !== undefined) return { received: true, outcome: 'processed', order_identifier: order.identifier }
    const { rows } = await runStatement(() => selectUnmatchedOfIntent(ctx.db, paymentIntentId))
    const about = { paymentIntentId, order: null, event: record }
    if (rows.length > 0) await raiseAlert(ctx, disputeAlert(ctx, dispute, about))
  }
  await runStatement(() => noteEvent(ctx.db, record, 'ignored', ctx.now()))
  return { received: true, outcome: 'ignored' }
}
