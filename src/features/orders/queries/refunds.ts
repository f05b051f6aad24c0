import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { NewEvent } from '../../../events/new-event.ts'
import { insertEvent } from '../../../events/queries.ts'
import { type NewAlert, raiseAlertStatement } from '../../alerts/queries.ts'
import { OUTBOX_GRACE_MS } from '../../email/queries/new-emails.ts'
import { listOf } from '../../../db/status-list.ts'
import type { Refund } from '../../../payments/refund.ts'
import { REFUNDS_UNDONE, REFUNDS_UNDER_WAY } from '../transitions.ts'
import type { EmailVariables } from '../../email/templates/variables.ts'

export type OrderOfPayment = { order_id: string; identifier: string; locale: string }

export const selectOrderOfPayment = (db: Db, paymentIntentId: string) =>
  db.execute<OrderOfPayment>(sql`
    SELECT p.order_id, o.identifier, o.locale FROM order_payments p JOIN orders o ON o.id = p.order_id
    WHERE p.stripe_payment_intent_id = ${paymentIntentId}`)

export type RefundNotice = {
  outboxId: string
  refundId: string
  variables: EmailVariables<'refund'>
  event: NewEvent
}

/**
 * Writes the event of a refund that succeeded and the email to the customer, unless that was done before. The customer of
 * an anonymised order gets no email. Answers a row when there is an email to queue.
 */
export function notifyCustomerOfRefund(db: Db, { outboxId, refundId, variables, event }: RefundNotice) {
  const now = event.occurredAt
  return db.execute<{ id: string }>(sql`
    WITH untold AS (
      UPDATE order_refunds SET told_at = ${now.toISOString()}
      WHERE stripe_refund_id = ${refundId} AND status = 'succeeded' AND told_at IS NULL RETURNING order_id
    ), event AS (${insertEvent(event, { from: sql`untold` })})
    INSERT INTO email_outbox (id, em_cd, order_id, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${outboxId}::uuid, 'refund', o.id, o.email, ${JSON.stringify(variables)}::jsonb,
      ${event.requestId}, ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz,
      ${now.toISOString()}::timestamptz
    FROM untold JOIN orders o ON o.id = untold.order_id WHERE o.email LIKE '%@%' RETURNING id`)
}

const upsertRefund = (orderId: string, refund: Refund): SQL => sql`
  INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status, reason, created_at)
  VALUES (${orderId}, ${refund.id}, ${refund.amount}, ${refund.currency}, ${refund.status},
    ${refund.reason}, ${refund.createdAt.toISOString()})
  ON CONFLICT (stripe_refund_id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status
    WHERE order_refunds.status NOT IN ${listOf(REFUNDS_UNDONE)}
      AND NOT (order_refunds.status = 'succeeded' AND EXCLUDED.status IN ${listOf(REFUNDS_UNDER_WAY)})`

/**
 * Brings the refunds of an order in line with Stripe's. Locks the payment first, so that two events write one after the
 * other, and the slower one, which may have read an older state, does not move a refund back. A known refund that has
 * failed since raises its alert. Raises `refunds_within_payment` when they would exceed the payment.
 */
export const syncRefundsStatements = (db: Db, orderId: string, refunds: { refund: Refund; alert: NewAlert }[]) =>
  [
    db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`),
    ...refunds.map(({ refund, alert }) =>
      refund.status === 'failed'
        ? raiseAlertStatement(db, alert, {
            as: sql`${upsertRefund(orderId, refund)} RETURNING old.status AS before, new.status AS after`,
            where: sql`before <> after`,
          })
        : db.execute(upsertRefund(orderId, refund)),
    ),
    db.execute(sql`SELECT assert_that(
      (SELECT coalesce(sum(amount), 0) FROM order_refunds WHERE order_id = ${orderId} AND status NOT IN ${listOf(REFUNDS_UNDONE)})
      <= (SELECT amount FROM order_payments WHERE order_id = ${orderId}), 'refunds_within_payment')`),
  ] as const
