import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type Alert, insertAlert } from '../../email/queries/new-emails.ts'
import { listOf } from '../../../db/status-list.ts'
import type { Dispute } from '../../../payments/dispute.ts'
import { DISPUTE_PROGRESS } from '../transitions.ts'

const lockPayment = (db: Db, orderId: string) =>
  db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`)

/**
 * How far a dispute with this status has come: what the slower of two events read never takes it back. A bank may still
 * turn won into lost, or lost into won, so that these are equally far.
 */
const progress = (status: SQL): SQL =>
  sql`CASE ${sql.join(
    DISPUTE_PROGRESS.map((group, step) => sql`WHEN ${status} IN ${listOf(group)} THEN ${sql.raw(String(step))}`),
    sql` `,
  )} END`

/** An inquiry takes no money yet: when a chargeback comes of it, the operators are told again. */
const upsertDispute = (db: Db, orderId: string, dispute: Dispute) =>
  db.execute(sql`
    INSERT INTO order_disputes (order_id, stripe_dispute_id, amount, currency, status, reason, evidence_due_by, created_at)
    VALUES (${orderId}, ${dispute.id}, ${dispute.amount}, ${dispute.currency}, ${dispute.status},
      ${dispute.reason}, ${dispute.evidenceDueBy?.toISOString() ?? null}, ${dispute.createdAt.toISOString()})
    ON CONFLICT (stripe_dispute_id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status,
        reason = EXCLUDED.reason, evidence_due_by = EXCLUDED.evidence_due_by,
        told_at = CASE WHEN order_disputes.status NOT LIKE 'warning_%'
          OR EXCLUDED.status NOT IN ('needs_response', 'under_review', 'lost') THEN order_disputes.told_at END
      WHERE ${progress(sql`order_disputes.status`)} <= ${progress(sql`EXCLUDED.status`)}`)

/** Answers a row when the operators have not been told of the dispute yet, and now are. */
const tellOperator = (db: Db, { id }: Dispute, alert: Alert, now: Date) =>
  db.execute<{ id: string }>(sql`
    WITH untold AS (
      UPDATE order_disputes SET told_at = ${now.toISOString()}
      WHERE stripe_dispute_id = ${id} AND told_at IS NULL RETURNING id
    )
    ${insertAlert(alert, now, sql`untold`)}`)

/**
 * Brings the disputes of an order in line with Stripe's, under the lock of its payment, and writes the operators an email
 * about each that they have not been told of.
 */
export const syncDisputesStatements = (
  db: Db,
  orderId: string,
  disputes: { dispute: Dispute; alert: Alert }[],
  now: Date,
) =>
  [
    lockPayment(db, orderId),
    ...disputes.flatMap(({ dispute, alert }) => [
      upsertDispute(db, orderId, dispute),
      tellOperator(db, dispute, alert, now),
    ]),
  ] as const
