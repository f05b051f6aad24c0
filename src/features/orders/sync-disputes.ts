import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, linkEventToOrder } from '../../db/webhook-events.ts'
import { formatMoney } from '../../shared/money.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { type Dispute, isInquiry } from '../../payments/dispute.ts'
import type { NewAlert } from '../alerts/queries.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import { syncDisputesStatements } from './queries/disputes.ts'
import { selectOrderOfPayment } from './queries/refunds.ts'

/**
 * Records an order's disputes as Stripe has them now, and alerts the operators of each, once. Answers undefined while the
 * payment has no order. Throws `stripe-api-error`, `database-unavailable`.
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
    alert: disputeAlert(ctx, dispute, { paymentIntentId, order: order.identifier, event }),
  }))
  try {
    const results = await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      linkEventToOrder(ctx.db, event.id, order.order_id),
      ...syncDisputesStatements(ctx.db, order.order_id, disputes),
    ])
    const events = disputes.map(({ alert }) => alert.event)
    const told = enqueueWritten(ctx, events, results)
    ctx.log.warn('disputes-synchronised', { order: order.identifier, disputes: disputes.length, new: told })
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return { identifier: order.identifier }
}

/** The alert about a dispute; `order` is null for a dispute about an unmatched payment. */
export function disputeAlert(
  ctx: Ctx,
  dispute: Dispute,
  { paymentIntentId, order, event }: { paymentIntentId: string; order: string | null; event: EventRecord },
): NewAlert {
  const { id, amount, currency, reason } = dispute
  const dueBy = dispute.evidenceDueBy?.toISOString() ?? null
  return newAlert(ctx, {
    code: 'payment-disputed',
    details: {
      reason,
      amount: formatMoney(amount, currency, 'en'),
      order,
      payment_intent: paymentIntentId,
      evidence_due_by: dueBy,
      object_id: id,
      event_id: event.id,
      event_type: event.type,
    },
    // An inquiry and the chargeback that may follow are two subjects, so that both are alerted.
    type: isInquiry(dispute) ? 'inquiry-opened' : 'dispute-opened',
    subjectId: id,
    data: { payment_intent: paymentIntentId, order, amount, currency, reason, evidence_due_by: dueBy },
  })
}
