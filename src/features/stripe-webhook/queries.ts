import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { type EventRecord, failedEvent } from '../../db/webhook-events.ts'
import { type NewAlert, raiseAlertStatement } from '../alerts/queries.ts'

const SWEEP = 'missed-events'

/**
 * Claims the sweep's next turn if it is due, and answers up to when earlier turns have handled all events. Of two parallel
 * claims, one gets a row.
 */
export const claimTurn = (db: Db, { now, again, from }: { now: Date; again: Date; from: Date }) =>
  db.execute<{ done_until: string }>(sql`
    INSERT INTO sweep_progress (sweep, done_until, next_at)
    VALUES (${SWEEP}, ${from.toISOString()}, ${again.toISOString()})
    ON CONFLICT (sweep) DO UPDATE SET next_at = EXCLUDED.next_at WHERE sweep_progress.next_at <= ${now.toISOString()}
    RETURNING done_until`)

export const endTurn = (db: Db, { doneUntil, nextAt }: { doneUntil: Date; nextAt: Date }) =>
  db.execute(sql`
    UPDATE sweep_progress SET done_until = ${doneUntil.toISOString()}, next_at = ${nextAt.toISOString()}
    WHERE sweep = ${SWEEP}`)

/** Those of the events that are handled. */
export const selectHandledEvents = (db: Db, ids: string[]) =>
  db.execute<{ id: string }>(sql`SELECT id FROM webhook_events WHERE id IN ${ids} AND outcome <> 'failed'`)

/**
 * As `recordFailedEvent`, with an alert in the same statement, so that neither is written without the other. Answers a row
 * when the operators are to be emailed.
 */
export const recordFailedEventAndAlert = (db: Db, event: EventRecord, errorCode: string, alert: NewAlert) =>
  raiseAlertStatement(db, alert, { as: failedEvent(event, errorCode, alert.event.occurredAt) })
