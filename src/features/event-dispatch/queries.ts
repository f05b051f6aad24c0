import { and, eq, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { events } from '../../db/schema/events.ts'
import { EVENT_GRACE_MS } from '../../events/new-event.ts'
import { type NewAlert, raiseAlertStatement } from '../alerts/queries.ts'

/** How much the clocks of two Workers may differ; without this allowance, a punctual retry could find its event not due. */
const CLOCK_SKEW_MS = 2_000

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

const isFree = (now: Date) => or(isNull(events.leaseUntil), lt(events.leaseUntil, now))

type Lease = { leaseId: string; now: Date; leaseMs: number }

/**
 * Claims an event for an attempt, if it has consumers, is due and no attempt holds it. The same lease may claim it again,
 * so that a lost answer does not lose the claim.
 */
export const claimForDispatch = (db: Db, eventId: string, { leaseId, now, leaseMs }: Lease) =>
  db
    .update(events)
    .set({
      attempts: sql`${events.attempts} + 1`,
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

const giveUp = (eventId: string, leaseId: string, lastError: string, now: Date): SQL => sql`
  UPDATE events SET given_up_at = ${now.toISOString()}, next_sweep_at = NULL, lease_until = NULL, last_error = ${lastError}
  WHERE id = ${eventId} AND lease_id = ${leaseId} AND dispatched_at IS NULL AND given_up_at IS NULL RETURNING id`

/** Gives an event up, with an alert in the same statement. Answers a row when the operators are to be emailed. */
export const giveUpEventAndAlert = (db: Db, eventId: string, leaseId: string, lastError: string, alert: NewAlert) =>
  raiseAlertStatement(db, alert, { as: giveUp(eventId, leaseId, lastError, alert.event.occurredAt) })

/** Gives up an event that is itself about a given-up event: another alert would fail in the same way. */
export const giveUpEvent = (db: Db, eventId: string, leaseId: string, lastError: string, now: Date) =>
  db.execute<{ id: string }>(giveUp(eventId, leaseId, lastError, now))

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
