import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { recordEvent } from '../../db/webhook-events.ts'
import { raiseAlertUnlessResolved } from '../alerts/queries.ts'
import { raiseAlert } from '../alerts/raise-alert.ts'
import { selectUnmatchedOfIntent } from '../orders/queries/unmatched-payments.ts'
import { disputeAlert, syncDisputes } from '../orders/sync-disputes.ts'
import { syncOrPlaceFirst } from './order-of-payment.ts'
import type { WebhookAnswer } from './schemas.ts'
import type { VerifiedEvent } from './verify-event.ts'

/**
 * Handles an event about a dispute: records the order's disputes as Stripe has them now, and alerts the operators once for
 * each, and again when an inquiry becomes a chargeback. Disputes about unmatched payments are alerted too.
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
    if (rows.length > 0) {
      const alert = disputeAlert(ctx, dispute, about)
      // A dispute goes on after operators have answered it, and its later events need nobody.
      await raiseAlert(ctx, alert, () => raiseAlertUnlessResolved(ctx.db, alert))
    }
  }
  await runStatement(() => recordEvent(ctx.db, record, 'ignored', ctx.now()))
  return { received: true, outcome: 'ignored' }
}
