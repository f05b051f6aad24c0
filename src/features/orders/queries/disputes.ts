import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type NewAlert, raiseAlertStatement } from '../../alerts/queries.ts'
import { listOf } from '../../../db/status-list.ts'
import type { Dispute } from '../../../payments/dispute.ts'
import { DISPUTE_PROGRESS } from '../transitions.ts'

const lockPayment = (db: Db, orderId: string) =>
  db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`)

/**
 * How far a dispute with this status has come, so that a slower event with an older status does not move it back. A bank
 * can still turn won into lost and lost into won, so these two are equally far.
 */
const progress = (status: SQL): SQL =>
  sql`CASE ${sql.join(
    DISPUTE_PROGRESS.map((group, step) => sql`WHEN ${status} IN ${listOf(group)} THEN ${sql.raw(String(step))}`),
    sql` `,
  )} END`

/** The condition for alerting the operators: the dispute is new, or an inquiry has become a chargeback. */
const isNews = (before: SQL, toldAt: SQL, after: SQL): SQL =>
  sql`(${toldAt} IS NULL OR (${before} LIKE 'warning_%' AND ${after} IN ('needs_response', 'under_review', 'lost')))`

/** Writes a dispute as Stripe has it now, with an alert if it `isNews`. Answers a row when the operators are to be emailed. */
const upsertDispute = (db: Db, orderId: string, dispute: Dispute, alert: NewAlert) =>
  raiseAlertStatement(db, alert, {
    as: sql`
      INSERT INTO order_disputes (order_id, stripe_dispute_id, amount, currency, status, reason, evidence_due_by, created_at,
        told_at)
      VALUES (${orderId}, ${dispute.id}, ${dispute.amount}, ${dispute.currency}, ${dispute.status},
        ${dispute.reason}, ${dispute.evidenceDueBy?.toISOString() ?? null}, ${dispute.createdAt.toISOString()},
        ${alert.event.occurredAt.toISOString()})
      ON CONFLICT (stripe_dispute_id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status,
          reason = EXCLUDED.reason, evidence_due_by = EXCLUDED.evidence_due_by,
          told_at = CASE WHEN ${isNews(sql`order_disputes.status`, sql`order_disputes.told_at`, sql`EXCLUDED.status`)}
            THEN EXCLUDED.told_at ELSE order_disputes.told_at END
        WHERE ${progress(sql`order_disputes.status`)} <= ${progress(sql`EXCLUDED.status`)}
      RETURNING ${isNews(sql`old.status`, sql`old.told_at`, sql`new.status`)} AS is_news`,
    where: sql`is_news`,
  })

/**
 * Brings the disputes of an order in line with Stripe's, under the lock of its payment, and alerts the operators of those
 * that they do not know yet.
 */
export const syncDisputesStatements = (db: Db, orderId: string, disputes: { dispute: Dispute; alert: NewAlert }[]) =>
  [
    lockPayment(db, orderId),
    ...disputes.map(({ dispute, alert }) => upsertDispute(db, orderId, dispute, alert)),
  ] as const
