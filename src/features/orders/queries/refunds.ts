import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type Alert, insertAlert, OUTBOX_GRACE_MS } from '../../email/queries/new-emails.ts'
import { listOf } from '../../../db/status-list.ts'
import type { Refund } from '../../../payments/refund.ts'
import { REFUNDS_UNDONE, REFUNDS_UNDER_WAY } from '../transitions.ts'
import type { EmailVariables } from '../../email/templates/variables.ts'

export const selectOrderOfPayment = (db: Db, paymentIntentId: string) =>
  db.execute<{ order_id: string; identifier: string; locale: string }>(sql`
    SELECT p.order_id, o.identifier, o.locale FROM order_payments p JOIN orders o ON o.id = p.order_id
    WHERE p.stripe_payment_intent_id = ${paymentIntentId}`)

type Notice = { outboxId: string; refundId: string; variables: EmailVariables<'refund'>; requestId: string }

/**
 * Writes the customer an email about a refund that went through, unless it was written before. Nobody is written to at
 * an order that has been anonymised. Answers a row when there is an email to queue.
 */
export const tellCustomerOfRefund = (db: Db, notice: Notice, now: Date) =>
  db.execute<{ id: string }>(sql`
    WITH untold AS (
      UPDATE order_refunds SET told_at = ${now.toISOString()}
      WHERE stripe_refund_id = ${notice.refundId} AND status = 'succeeded' AND told_at IS NULL RETURNING order_id
    )
    INSERT INTO email_outbox (id, em_cd, order_id, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${notice.outboxId}::uuid, 'refund', o.id, o.email, ${JSON.stringify(notice.variables)}::jsonb,
      ${notice.requestId}, ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz,
      ${now.toISOString()}::timestamptz
    FROM untold JOIN orders o ON o.id = untold.order_id WHERE o.email LIKE '%@%' RETURNING id`)

const upsertRefund = (orderId: string, refund: Refund): SQL => sql`
  INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status, reason, created_at)
  VALUES (${orderId}, ${refund.id}, ${refund.amount}, ${refund.currency}, ${refund.status},
    ${refund.reason}, ${refund.createdAt.toISOString()})
  ON CONFLICT (stripe_refund_id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status
    WHERE order_refunds.status NOT IN ${listOf(REFUNDS_UNDONE)}
      AND NOT (order_refunds.status = 'succeeded' AND EXCLUDED.status IN ${listOf(REFUNDS_UNDER_WAY)})`

/**
 * Brings the refunds of an order in line with Stripe's. The payment is locked first, so that two events write one after
 * the other; what the slower one read of Stripe never takes a refund back a step. One that was known and has failed since
 * writes its alert. Raises `refunds_within_payment` when they would exceed what was paid.
 */
export const syncRefundsStatements = (
  db: Db,
  orderId: string,
  refunds: { refund: Refund; alert: Alert }[],
  now: Date,
) =>
  [
    db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`),
    ...refunds.map(({ refund, alert }) =>
      db.execute(
        refund.status === 'failed'
          ? sql`WITH written AS (${upsertRefund(orderId, refund)} RETURNING old.status AS before, new.status AS after)
            ${insertAlert(alert, now, sql`written WHERE before <> after`)}`
          : upsertRefund(orderId, refund),
      ),
    ),
    db.execute(sql`SELECT assert_that(
      (SELECT coalesce(sum(amount), 0) FROM order_refunds WHERE order_id = ${orderId} AND status NOT IN ${listOf(REFUNDS_UNDONE)})
      <= (SELECT amount FROM order_payments WHERE order_id = ${orderId}), 'refunds_within_payment')`),
  ] as const
