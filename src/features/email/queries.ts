import { and, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { OUTBOX_GRACE_MS } from '../../db/outbox.ts'
import { emailOutbox } from '../../db/schema/email.ts'
import { type emailFailureTypes, orderEmailFailures, orders } from '../../db/schema/orders.ts'
import { newId } from '../../shared/ids.ts'

export type EmailFailureType = (typeof emailFailureTypes)[number]

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

/** Takes due rows for a sweep and puts their next turn a grace ahead, so that a second sweep finds others. */
export function takeDueOutboxRows(db: Db, now: Date, limit: number) {
  const due = db
    .select({ id: emailOutbox.id })
    .from(emailOutbox)
    .where(
      and(
        lte(emailOutbox.nextSweepAt, now),
        or(
          eq(emailOutbox.status, 'pending'),
          and(eq(emailOutbox.status, 'sending'), or(isNull(emailOutbox.leaseUntil), lt(emailOutbox.leaseUntil, now))),
        ),
      ),
    )
    .orderBy(emailOutbox.nextSweepAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  return db
    .update(emailOutbox)
    .set({ nextSweepAt: later(now, OUTBOX_GRACE_MS) })
    .where(inArray(emailOutbox.id, due))
    .returning({ id: emailOutbox.id, requestId: emailOutbox.requestId })
}

type Failure = { orderId: string; type: EmailFailureType; phase: number; message: string }

/** Writes or updates the order's unresolved failure of this type; the customer is read from the order. */
export async function upsertEmailFailure(db: Db, failure: Failure) {
  const result = await db.execute<{ identifier: string; customer_email: string; is_member: boolean }>(sql`
    WITH failed AS (SELECT * FROM ${orders} WHERE id = ${failure.orderId})
    INSERT INTO ${orderEmailFailures} (id, order_id, type, phase, message, customer_email, is_member)
    SELECT ${newId()}, id, ${failure.type}, ${failure.phase}, ${failure.message}, email, member_id IS NOT NULL FROM failed
    ON CONFLICT (order_id, type) WHERE resolved_at IS NULL
      DO UPDATE SET message = excluded.message, phase = excluded.phase
    RETURNING customer_email, is_member, (SELECT identifier FROM failed)`)
  return result.rows.map((row) => ({
    identifier: row.identifier,
    customerEmail: row.customer_email,
    isMember: row.is_member,
  }))
}
