import { and, eq, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { events } from '../../db/schema/events.ts'
import { EVENT_GRACE_MS } from '../../events/new-event.ts'
import { later } from '../../shared/later.ts'
import { CLOCK_SKEW_MS } from '../../shared/retry.ts'
import { type NewAlert, raiseAlertStatement } from '../alerts/queries.ts'

const isFree = (now: Date) => or(isNull(events.leaseUntil), lt(events.leaseUntil, now))

type Lease = { leaseId: string; now: Date; leaseMs: number }

/**
 * Claims an event for an attempt, if it has consumers, is due and no attempt holds it. The same lease may claim it again,
 * so that a lost answer does not lose the claim; it counts as one attempt.
 */
export const claimForDispatch = (db: Db, eventId: string, { leaseId, now, leaseMs }: Lease) =>
  db
    .update(events)
    .set({
      attempts: sql`${events.attempts} + (${events.leaseId} IS DISTINCT FROM ${leaseId}::uuid)::integer`,
      leaseId,
      leaseUntil: later(now, leaseMs),
      nextSweepAt: later(now, leaseMs),
    })
    .where(
      and(
        eq(events.id, eventId),
        isNotNull(events.nextSweepAt),
        or(
          eq(events.leaseId, leaseId),
          and(isNull(events.leaseUntil), lte(events.nextSweepAt, later(now, EVENT_GRACE_MS + CLOCK_SKEW_MS))),
          lt(events.leaseUntil, now),
        ),
      ),
    )
    .returning()

/** Marks an event as dispatched, in its consumers' batch. Raises `event_held` when another attempt has claimed it. */
export const markDispatched = (db: Db, eventId: string, leaseId: string, now: Date) =>
  db.execute(sql`
    WITH held AS (
      UPDATE events SET dispatched_at = ${now.toISOString()}, next_sweep_at = NULL, lease_until = NULL, last_error = NULL
      WHERE id = ${eventId} AND lease_id = ${leaseId} AND given_up_at IS NULL RETURNING id
    ) SELECT assert_that(EXISTS (SELECT FROM held), 'event_held')`)

/** Releases the event for another attempt at `dueAt`, which the sweep leaves to the queue for the grace. */
export const releaseEvent = (db: Db, eventId: string, leaseId: string, dueAt: Date, lastError: string) =>
  db
    .update(events)
    .set({ leaseId: null, leaseUntil: null, nextSweepAt: later(dueAt, EVENT_GRACE_MS), lastError })
    .where(and(eq(events.id, eventId), eq(events.leaseId, leaseId), isNotNull(events.nextSweepAt)))

/**
 * Gives an event up. Answers a row if this attempt held it, also when it is sent again after a lost answer.
 */
export const giveUpEvent = (db: Db, eventId: string, leaseId: string, lastError: string, now: Date) =>
  db
    .update(events)
    .set({ givenUpAt: now, nextSweepAt: null, leaseUntil: null, lastError })
    .where(and(eq(events.id, eventId), eq(events.leaseId, leaseId), isNull(events.dispatchedAt)))
    .returning({ id: events.id })

/** Raises the alert about an event that this attempt has given up, in the same batch. */
export const raiseAlertOfGivenUp = (db: Db, eventId: string, leaseId: string, alert: NewAlert) =>
  raiseAlertStatement(db, alert, {
    as: sql`SELECT FROM events WHERE id = ${eventId} AND lease_id = ${leaseId} AND given_up_at IS NOT NULL`,
  })

/**
 * Makes emails about open alerts due again whose attempts ended in a failure before `before`, and the events that were to
 * write them. Answers how many of both. An alert has the subject of its events.
 */
export const retryAlertEmails = (db: Db, before: Date, now: Date) =>
  db.execute<{ emails: number; events: number }>(sql`
    WITH told AS (
      SELECT e.id FROM operator_alerts a JOIN events e ON e.subject_id = a.subject_id AND e.alert_id = a.id
      WHERE a.resolved_at IS NULL
    ), emails AS (
      UPDATE email_outbox o SET status = 'pending', attempts = 0, lease_id = NULL, lease_until = NULL,
        handed_over_at = NULL, next_sweep_at = ${now.toISOString()}
      FROM told WHERE o.id = told.id AND o.status = 'failed' AND o.next_sweep_at <= ${before.toISOString()} RETURNING o.id
    ), again AS (
      UPDATE events e SET given_up_at = NULL, attempts = 0, lease_id = NULL, next_sweep_at = ${now.toISOString()}
      FROM told WHERE e.id = told.id AND e.given_up_at <= ${before.toISOString()} RETURNING e.id
    )
    SELECT (SELECT count(*) FROM emails)::integer AS emails, (SELECT count(*) FROM again)::integer AS events`)

/** Claims due events for a sweep and postpones their next sweep, so that a parallel sweep finds others. */
export function claimDueEvents(db: Db, now: Date, limit: number) {
  const due = db
    .select({ id: events.id })
    .from(events)
    .where(and(lte(events.nextSweepAt, now), isFree(now)))
    .orderBy(events.nextSweepAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  return db
    .update(events)
    .set({ nextSweepAt: later(now, EVENT_GRACE_MS) })
    .where(inArray(events.id, due))
    .returning({ id: events.id, requestId: events.requestId })
}
