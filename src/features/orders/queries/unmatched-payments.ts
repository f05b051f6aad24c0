import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type NewAlert, raiseAlertStatement } from '../../alerts/queries.ts'
import type { UnmatchedReason } from '../../../db/schema/unmatched-payments.ts'

export type UnmatchedRecord = {
  sessionId: string
  paymentIntentId: string | null
  amount: number
  currency: string
  reason: UnmatchedReason
  checkoutId: string | null
  now: Date
  alert: NewAlert
}

/**
 * Records a paid session without an order, once for each session, with the alert in the same statement. If the checkout
 * that the session names has its order, this is a second payment for it. Answers a row when the operators are to be
 * emailed.
 */
export const insertUnmatchedPayment = (db: Db, { alert, now, ...payment }: UnmatchedRecord) =>
  raiseAlertStatement(db, alert, {
    as: sql`
      INSERT INTO unmatched_payments (stripe_session_id, stripe_payment_intent_id, amount, currency, reason, checkout_id,
        order_id, created_at)
      SELECT ${payment.sessionId}, ${payment.paymentIntentId}, ${payment.amount}, ${payment.currency},
        CASE WHEN o.id IS NOT NULL AND ${payment.reason} = 'foreign-session' THEN 'second-payment' ELSE ${payment.reason} END,
        c.id, o.id, ${now.toISOString()}::timestamptz
      FROM (VALUES (1)) AS always
      LEFT JOIN checkouts c ON c.id = ${payment.checkoutId}::uuid
      LEFT JOIN orders o ON o.checkout_id = c.id
      ON CONFLICT (stripe_session_id) DO NOTHING
      RETURNING reason, order_id`,
    more: sql`jsonb_strip_nulls(jsonb_build_object('reason', cause.reason,
      'order', (SELECT identifier FROM orders WHERE id = cause.order_id)))`,
  })

export const selectUnmatchedPayment = (db: Db, sessionId: string) =>
  db.execute<{ resolved: boolean }>(sql`
    SELECT resolved_at IS NOT NULL AS resolved FROM unmatched_payments WHERE stripe_session_id = ${sessionId}`)

export const selectUnmatchedOfIntent = (db: Db, paymentIntentId: string) =>
  db.execute<{ id: string; stripe_session_id: string; amount: number; currency: string }>(sql`
    SELECT id, stripe_session_id, amount::float8 AS amount, currency FROM unmatched_payments
    WHERE stripe_payment_intent_id = ${paymentIntentId}`)

export const resolveUnmatchedPayment = (db: Db, id: string, by: string, now: Date) =>
  db.execute(sql`
    UPDATE unmatched_payments SET resolved_at = ${now.toISOString()}, resolved_by = ${by}
    WHERE id = ${id} AND resolved_at IS NULL`)

/** Reopens a payment that counted as refunded. Answers a row when the operators are to be emailed. */
export const reopenUnmatchedPayment = (db: Db, id: string, alert: NewAlert) =>
  raiseAlertStatement(db, alert, {
    as: sql`
      UPDATE unmatched_payments SET resolved_at = NULL, resolved_by = NULL
      WHERE id = ${id} AND resolved_by = 'refund' RETURNING id`,
  })
