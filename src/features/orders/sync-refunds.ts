import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import type { Alert } from '../email/queries/new-emails.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { type EventRecord, linkEventToOrder } from '../../db/webhook-events.ts'
import { newId } from '../../shared/ids.ts'
import { knownLocale } from '../../shared/locale.ts'
import { formatMoney } from '../../shared/money.ts'
import { newAlert } from '../email/alert-operator.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { selectOrderOfPayment, syncRefundsStatements, tellCustomerOfRefund } from './queries/refunds.ts'

/**
 * Takes over an order's refunds as Stripe holds them now, whoever made them and in whatever order their events come, and
 * writes the customer an email about each that went through, once, and the operators one about each that failed since.
 * Answers undefined when the payment has no order (yet). Throws `stripe-api-error`, `database-unavailable`.
 */
export async function syncRefunds(
  ctx: Ctx,
  { paymentIntentId, event }: { paymentIntentId: string; event: EventRecord },
): Promise<{ identifier: string } | undefined> {
  const { rows } = await runStatement(() => selectOrderOfPayment(ctx.db, paymentIntentId))
  const order = rows[0]
  if (order === undefined) return undefined
  const refunds = await ctx.payments.listRefunds(paymentIntentId)
  const notices = refunds.map(({ id: refundId, amount, currency }) => ({
    outboxId: newId(),
    refundId,
    variables: { refund_amount: formatMoney(amount, currency, knownLocale(order.locale)) },
    requestId: ctx.requestId,
  }))
  const alerted = refunds.map((refund) => ({
    refund,
    alert: refundFailedAlert(ctx, event, {
      ...refund,
      objectId: refund.id,
      paymentIntentId,
      order: order.identifier,
    }),
  }))
  try {
    const results = await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      ...syncRefundsStatements(ctx.db, order.order_id, alerted, ctx.now()),
      linkEventToOrder(ctx.db, event.id, order.order_id),
      ...notices.map((notice) => tellCustomerOfRefund(ctx.db, notice, ctx.now())),
    ])
    const written = new Set(results.flatMap(({ rows }) => rows.map((row) => row['id'])))
    const possible = [...notices, ...alerted.map(({ alert }) => alert)].map(({ outboxId }) => outboxId)
    const emails = possible.filter((id) => written.has(id))
    ctx.log.info('refunds-synchronised', { order: order.identifier, refunds: refunds.length })
    if (emails.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, emails))
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return { identifier: order.identifier }
}

/** What the operators read when money that was given back has come back. */
export const refundFailedAlert = (
  ctx: Ctx,
  event: EventRecord,
  about: { amount: number; currency: string; objectId: string; paymentIntentId: string; order?: string },
): Alert =>
  newAlert(ctx, {
    code: 'refund-failed',
    amount: formatMoney(about.amount, about.currency, 'en'),
    ...(about.order === undefined ? {} : { order: about.order }),
    payment_intent: about.paymentIntentId,
    object_id: about.objectId,
    event_id: event.id,
    event_type: event.type,
  })
