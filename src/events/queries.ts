import { type SQL, sql } from 'drizzle-orm'
import type { NewEvent } from './new-event.ts'

/** Parts of an event that only the statement of its cause knows, as expressions over the rows of `from`. */
type FromCause = { from: SQL; data?: SQL; alertId?: SQL }

/**
 * Writes an event for each row of `from`; for the batch of its cause, or as a CTE of its statement. Answers the event's id
 * if it was written. Running it again changes nothing.
 */
export const insertEvent = (event: NewEvent, { from, data, alertId }: FromCause): SQL => sql`
  INSERT INTO events (id, type, version, subject_kind, subject_id, data, alert_id, request_id, occurred_at, consumers,
    next_sweep_at)
  SELECT ${event.id}::uuid, ${event.type}, ${event.version}::integer, ${event.subjectKind}, ${event.subjectId},
    ${JSON.stringify(event.data)}::jsonb${data === undefined ? sql`` : sql` || ${data}`}, ${alertId ?? sql`NULL::uuid`},
    ${event.requestId}, ${event.occurredAt.toISOString()}::timestamptz,
    ${`{${event.consumers.join(',')}}`}::text[], ${event.nextSweepAt?.toISOString() ?? null}::timestamptz
  FROM ${from} ON CONFLICT (id) DO NOTHING RETURNING id`
