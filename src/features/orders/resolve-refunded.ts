import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { formatMoney } from '../../shared/money.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import {
  reopenUnmatchedPayment,
  resolveUnmatchedPayment,
  selectUnmatchedOfIntent,
} from './queries/unmatched-payments.ts'
import { REFUNDS_UNDONE } from './transitions.ts'

/**
 * Resolves an unmatched payment once it is refunded in full, and reopens it with an alert when such a refund fails later.
 * Answers whether the payment is an unmatched one. Throws `stripe-api-error`, `database-unavailable`.
 */
export async function resolveRefunded(
  ctx: Ctx,
  { paymentIntentId, event }: { paymentIntentId: string; event: EventRecord },
): Promise<boolean> {
  const { rows } = await runStatement(() => selectUnmatchedOfIntent(ctx.db, paymentIntentId))
  const [payment] = rows
  if (payment === undefined) return false
  const refunds = await ctx.payments.listRefunds(paymentIntentId)
  const refunded = refunds.filter(({ status }) => status === 'succeeded').reduce((sum, { amount }) => sum + amount, 0)
  const isRefunded = refunded >= payment.amount
  const hasFailed = refunds.some(({ status }) => REFUNDS_UNDONE.some((undone) => undone === status))
  const { amount, currency, stripe_session_id: objectId } = payment
  const alert = newAlert(ctx, {
    code: 'refund-failed',
    details: {
      amount: formatMoney(amount, currency, 'en'),
      payment_intent: paymentIntentId,
      object_id: objectId,
      event_id: event.id,
      event_type: event.type,
    },
    // A second refund may have resolved it meanwhile and failed too, which is worth another email.
    again: 'always',
    type: 'unmatched-payment-reopened',
    subjectId: objectId,
    data: { payment_intent: paymentIntentId, amount, currency },
  })
  try {
    const results = await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      ...(isRefunded ? [resolveUnmatchedPayment(ctx.db, payment.id, 'refund', ctx.now())] : []),
      // Without a failed refund, the list is just older than the refund that resolved the payment.
      ...(!isRefunded && hasFailed ? [reopenUnmatchedPayment(ctx.db, payment.id, alert)] : []),
    ])
    if (enqueueWritten(ctx, [alert.event], results) > 0)
      ctx.log.warn('unmatched-payment-reopened', { session_id: objectId })
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return true
}
