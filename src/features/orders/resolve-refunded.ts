import type { Ctx } from '../../context.ts'
import { claimEvent } from '../../db/functions/claim-event.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import {
  reopenUnmatchedPayment,
  resolveUnmatchedPayment,
  selectUnmatchedOfIntent,
} from './queries/unmatched-payments.ts'
import { refundFailedAlert } from './sync-refunds.ts'
import { REFUNDS_UNDONE } from './transitions.ts'

/**
 * Resolves an unmatched payment once Stripe has paid back all of it, and opens it again, with an alert, when such a refund
 * failed later. Answers whether the payment is an unmatched one.
 * Throws `stripe-api-error`, `database-unavailable`.
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
  const alert = refundFailedAlert(ctx, event, { amount, currency, objectId, paymentIntentId })
  try {
    const results = await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      ...(isRefunded ? [resolveUnmatchedPayment(ctx.db, payment.id, 'refund', ctx.now())] : []),
      // Without a failed refund in it, the list may only be older than what resolved the payment.
      ...(!isRefunded && hasFailed ? [reopenUnmatchedPayment(ctx.db, payment.id, alert, ctx.now())] : []),
    ])
    if (results.some(({ rows }) => rows.some((row) => row['id'] === alert.outboxId))) {
      ctx.log.warn('unmatched-payment-reopened', { session_id: objectId })
      ctx.defer('enqueue-email', () => enqueueEmails(ctx, [alert.outboxId]))
    }
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return true
}
