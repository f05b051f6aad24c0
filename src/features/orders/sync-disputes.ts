import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, linkEventToOrder } from '../../db/webhook-events.ts'
import { formatMoney } from '../../shared/money.ts'
import { newAlert } from '../email/alert-operator.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { syncDisputesStatements } from './queries/disputes.ts'
import { selectOrderOfPayment } from './queries/refunds.ts'

/**
 * Takes over an order's disputes as Stripe holds them now, and tells the operators of each, once. Answers undefined when
 * the payment has no order (yet). Throws `stripe-api-error`, `database-unavailable`.
 */
export async function syncDisputes(
  ctx: Ctx,
  { paymentIntentId, event }: { paymentIntentId: string; event: EventRecord },
): Promise<{ identifier: string } | undefined> {
  const { rows } = await runStatement(() => selectOrderOfPayment(ctx.db, paymentIntentId))
  const order = rows[0]
  if (order === undefined) return undefined
  const disputes = (await ctx.payments.listDisputes(paymentIntentId)).map((dispute) => ({
    dispute,
    alert: newAlert(ctx, {
      code: 'payment-disputed',
      reason: dispute.reason,
      amount: formatMoney(dispute.amount, dispute.currency, 'en'),
      order: order.identifier,
      payment_intent: paymentIntentId,
      evidence_due_by: dispute.evidenceDueBy?.toISOString() ?? null,
      object_id: dispute.id,
      event_id: event.id,
      event_type: event.type,
    }),
  }))
  try {
    const results = await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      linkEventToOrder(ctx.db, event.id, order.order_id),
      ...syncDisputesStatements(ctx.db, order.order_id, disputes, ctx.now()),
    ])
    const told = new Set(results.flatMap(({ rows }) => rows.map((row) => row['id'])))
    const alerts = disputes.map(({ alert }) => alert.outboxId).filter((id) => told.has(id))
    ctx.log.warn('disputes-synchronised', { order: order.identifier, disputes: disputes.length, new: alerts.length })
    if (alerts.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, alerts))
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return { identifier: order.identifier }
}
