import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { NewEvent } from '../../../events/new-event.ts'
import { type NewAlert, raiseAlertStatement } from '../../alerts/queries.ts'
import { OUTBOX_GRACE_MS } from '../../email/queries/new-emails.ts'
import { jsonArgument } from '../../../db/json-argument.ts'
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
 * Writes the events of refunds that succeeded and the emails to the customer, unless that was done before. The customer of
 * an anonymised order gets no email. Answers the ids of the emails to queue.
 */
export const notifyCustomerOfRefunds = (
  db: Db,
  notices: RefundNotice[],
  { requestId, now }: { requestId: string; now: Date },
) =>
  db.execute<{ id: string }>(sql`
    WITH succeeded AS (
      UPDATE order_refunds r SET told_at = ${now.toISOString()}
      FROM jsonb_to_recordset(${jsonArgument(notices)})
        AS n(outbox_id uuid, refund_id text, variables jsonb, event jsonb)
      WHERE r.stripe_refund_id = n.refund_id AND r.status = 'succeeded' AND r.told_at IS NULL
      RETURNING r.order_id, n.outbox_id, n.variables, n.event
    ), happened AS (
      INSERT INTO events (id, type, version, subject_kind, subject_id, data, request_id, occurred_at, consumers,
        next_sweep_at)
      SELECT e.id, e.type, e.version, e.subject_kind, e.subject_id, e.data, e.request_id, e.occurred_at, e.consumers,
        e.next_sweep_at
      FROM succeeded, jsonb_populate_record(NULL::events, succeeded.event) e
    )
    INSERT INTO email_outbox (id, em_cd, order_id, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT succeeded.outbox_id, 'refund', o.id, o.email, succeeded.variables, ${requestId},
      ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
    FROM succeeded JOIN orders o ON o.id = succeeded.order_id WHERE o.email LIKE '%@%' RETURNING id`)

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
export const syncRefundsStatements = (
  db: Db,
  orderId: string,
  { failed, others }: { failed: { refund: Refund; alert: NewAlert }[]; others: Refund[] },
) =>
  [
    db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`),
    ...failed.map(({ refund, alert }) =>
      raiseAlertStatement(db, alert, {
        as: sql`${upsertRefund(orderId, refund)} RETURNING old.status AS before, new.status AS after`,
        where: sql`before <> after`,
      }),
    ),
    ...others.map((refund) => db.execute(upsertRefund(orderId, refund))),
    db.execute(sql`SELECT assert_that(
      (SELECT coalesce(sum(amount), 0) FROM order_refunds WHERE order_id = ${orderId} AND status NOT IN ${listOf(REFUNDS_UNDONE)})
      <= (SELECT amount FROM order_payments WHERE order_id = ${orderId}), 'refunds_within_payment')`),
  ] as const
