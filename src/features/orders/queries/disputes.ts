import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { OUTBOX_GRACE_MS } from '../../../db/outbox.ts'

export type DisputeRecord = {
  stripeDisputeId: string
  amount: number
  currency: string
  /** Stripe's status of it. */
  status: string
  reason: string
  evidenceDueBy: Date | null
  createdAt: Date
}

type Alert = { outboxId: string; toAddress: string; variables: Record<string, unknown>; requestId: string }

const lockPayment = (db: Db, orderId: string) =>
  db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`)

/** In the order that a dispute goes through them; what the slower of two events read never takes it back. */
const STATUSES = sql`ARRAY['warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response',
  'under_review', 'prevented', 'won', 'lost']`

const upsertDispute = (db: Db, orderId: string, dispute: DisputeRecord) =>
  db.execute(sql`
    INSERT INTO order_disputes (order_id, stripe_dispute_id, amount, currency, status, reason, evidence_due_by, created_at)
    VALUES (${orderId}, ${dispute.stripeDisputeId}, ${dispute.amount}, ${dispute.currency}, ${dispute.status},
      ${dispute.reason}, ${dispute.evidenceDueBy?.toISOString() ?? null}, ${dispute.createdAt.toISOString()})
    ON CONFLICT (stripe_dispute_id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status,
        reason = EXCLUDED.reason, evidence_due_by = EXCLUDED.evidence_due_by
      WHERE array_position(${STATUSES}, order_disputes.status) <= array_position(${STATUSES}, EXCLUDED.status)`)

/** Answers a row when the operators have not been told of the dispute yet, and now are. */
const tellOperator = (db: Db, { stripeDisputeId }: DisputeRecord, alert: Alert, now: Date) =>
  db.execute<{ id: string }>(sql`
    WITH untold AS (
      UPDATE order_disputes SET told_at = ${now.toISOString()}
      WHERE stripe_dispute_id = ${stripeDisputeId} AND told_at IS NULL RETURNING id
    )
    INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${alert.outboxId}::uuid, 'operator_alert', ${alert.toAddress}, ${JSON.stringify(alert.variables)}::jsonb,
      ${alert.requestId}, ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz,
      ${now.toISOString()}::timestamptz
    FROM untold RETURNING id`)

/**
 * Brings the disputes of an order in line with Stripe's, under the lock of its payment, and writes the operators an email
 * about each that they have not been told of.
 */
export const syncDisputesStatements = (
  db: Db,
  orderId: string,
  disputes: { dispute: DisputeRecord; alert: Alert }[],
  now: Date,
) =>
  [
    lockPayment(db, orderId),
    ...disputes.flatMap(({ dispute, alert }) => [
      upsertDispute(db, orderId, dispute),
      tellOperator(db, dispute, alert, now),
    ]),
  ] as const
