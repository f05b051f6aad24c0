import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, linkEventToOrder } from '../../db/webhook-events.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { newEvent } from '../../events/new-event.ts'
import { newId } from '../../shared/ids.ts'
import { knownLocale } from '../../shared/locale.ts'
import { formatMoney } from '../../shared/money.ts'
import type { Refund } from '../../payments/refund.ts'
import type { NewAlert } from '../alerts/queries.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import {
  type OrderOfPayment,
  type RefundNotice,
  selectOrderOfPayment,
  syncRefundsStatements,
  notifyCustomerOfRefunds,
} from './queries/refunds.ts'

/**
 * Records an order's refunds as Stripe has them now, whoever made them and in whatever order their events come. Emails the
 * customer about each refund that succeeded, once, and alerts the operators of each that failed later.
 * Answers undefined while the payment has no order. Throws `stripe-api-error`, `database-unavailable`.
 */
export async function syncRefunds(
  ctx: Ctx,
  { paymentIntentId, event }: { paymentIntentId: string; event: EventRecord },
): Promise<{ identifier: string } | undefined> {
  const { rows } = await runStatement(() => selectOrderOfPayment(ctx.db, paymentIntentId))
  const order = rows[0]
  if (order === undefined) return undefined
  const refunds = await ctx.payments.listRefunds(paymentIntentId)
  const notices = refunds.filter(({ status }) => status === 'succeeded').map((refund) => newNotice(ctx, order, refund))
  const others = refunds.filter(({ status }) => status !== 'failed')
  const failed = refunds
    .filter(({ status }) => status === 'failed')
    .map((refund) => ({
      refund,
      alert: refundFailedAlert(ctx, refund, { event, paymentIntentId, order: order.identifier }),
    }))
  try {
    const results = await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      ...syncRefundsStatements(ctx.db, order.order_id, { failed, others }),
      linkEventToOrder(ctx.db, event.id, order.order_id),
      notifyCustomerOfRefunds(ctx.db, notices, { requestId: ctx.requestId, now: ctx.now() }),
    ])
    const written = new Set(results.flatMap(({ rows }) => rows.map((row) => row['id'])))
    const emails = notices.map(({ outboxId }) => outboxId).filter((id) => written.has(id))
    ctx.log.info('refunds-synchronised', { order: order.identifier, refunds: refunds.length })
    if (emails.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, emails))
    const events = failed.map(({ alert }) => alert.event)
    enqueueWritten(ctx, events, results)
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return { identifier: order.identifier }
}

/** The email to the customer about a refund that succeeded. */
function newNotice(ctx: Ctx, order: OrderOfPayment, { id: refund, amount, currency }: Refund): RefundNotice {
  return {
    outboxId: newId(),
    refundId: refund,
    variables: { refund_amount: formatMoney(amount, currency, knownLocale(order.locale)) },
    event: newEvent(ctx, 'order-refunded', order.order_id, { order: order.identifier, refund, amount, currency }),
  }
}

/** The alert about a refund that failed. */
function refundFailedAlert(
  ctx: Ctx,
  { id, amount, currency }: Refund,
  { event, paymentIntentId, order }: { event: EventRecord; paymentIntentId: string; order: string },
): NewAlert {
  return newAlert(ctx, {
    code: 'refund-failed',
    details: {
      amount: formatMoney(amount, currency, 'en'),
      order,
      payment_intent: paymentIntentId,
      object_id: id,
      event_id: event.id,
      event_type: event.type,
    },
    type: 'refund-failed',
    subjectId: id,
    data: { order, payment_intent: paymentIntentId, amount, currency },
  })
}
