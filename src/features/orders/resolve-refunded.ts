import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { claimEvent, type EventRecord } from '../../db/webhook-events.ts'
import { resolveUnmatchedPayment, selectUnmatchedOfIntent } from './queries/unmatched-payments.ts'
import { listRefunds } from './sync-refunds.ts'

/**
 * Resolves an unmatched payment once Stripe has paid back all of it. Answers whether the payment is an unmatched one.
 * Throws `stripe-api-error`, `database-unavailable`.
 */
export async function resolveRefunded(
  ctx: Ctx,
  { paymentIntentId, event }: { paymentIntentId: string; event: EventRecord },
): Promise<boolean> {
  const { rows } = await runStatement(() => selectUnmatchedOfIntent(ctx.db, paymentIntentId))
  const [payment] = rows
  if (payment === undefined) return false
  const refunds = await listRefunds(ctx, paymentIntentId)
  const refunded = refunds.filter(({ status }) => status === 'succeeded').reduce((sum, { amount }) => sum + amount, 0)
  try {
    await runBatch(ctx.db, [
      claimEvent(ctx.db, event, ctx.now()),
      ...(refunded < payment.amount ? [] : [resolveUnmatchedPayment(ctx.db, payment.id, 'refund', ctx.now())]),
    ])
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'event_handled_once')) throw error
  }
  return true
}
