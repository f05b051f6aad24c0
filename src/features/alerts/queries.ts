import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { NewEvent } from '../../events/new-event.ts'
import { insertEvent } from '../../events/queries.ts'
import type { AlertDetails } from './details.ts'

/** An alert to be raised in the batch of its cause. Its event, about the same subject, has the operators emailed. */
export type NewAlert = {
  id: string
  code: string
  details: AlertDetails
  event: NewEvent
  /** Whether the operators are told again while it is open: never, a day after the last time, or each time. */
  again: 'never' | 'daily' | 'always'
}

type Cause = {
  /** A statement that answers one row when there is something to alert of. */
  as: SQL
  /** A condition on that row. */
  where?: SQL
  /** An expression over it: what details and event say besides, as jsonb. */
  more?: SQL
}

const DAY_MS = 24 * 60 * 60_000

/** Whether an open alert is told once more, as a condition on `told_at`. */
function isToldAgain({ again, event: { occurredAt } }: NewAlert, toldAt: SQL): SQL {
  if (again === 'daily') return sql`${toldAt} <= ${new Date(occurredAt.getTime() - DAY_MS).toISOString()}::timestamptz`
  return again === 'always' ? sql`true` : sql`false`
}

/**
 * Raises an alert if its cause answers a row, and writes its event where the operators are to be told: when no alert of
 * this code is open for the subject, or as `again` says. One that is open counts, once a request. Answers the event's id where
 * it was written.
 */
export const raiseAlertStatement = (db: Db, alert: NewAlert, { as, where, more }: Cause = { as: sql`SELECT 1` }) => {
  const { event } = alert
  const raisedAt = sql`${event.occurredAt.toISOString()}::timestamptz`
  const extra = more ?? sql`'{}'::jsonb`
  return db.execute<{ id: string }>(sql`
    WITH cause AS (${as}),
    raised AS (
      INSERT INTO operator_alerts AS a (id, code, subject_kind, subject_id, details, request_id, first_raised_at,
        last_raised_at, told_at)
      SELECT ${alert.id}::uuid, ${alert.code}, ${event.subject.kind}, ${event.subject.id},
        ${JSON.stringify(alert.details)}::jsonb || ${extra}, ${event.requestId}, ${raisedAt}, ${raisedAt}, ${raisedAt}
      FROM cause ${where === undefined ? sql`` : sql`WHERE ${where}`}
      ON CONFLICT (code, subject_kind, subject_id) WHERE resolved_at IS NULL DO UPDATE
        SET raised_count = a.raised_count + 1, last_raised_at = EXCLUDED.last_raised_at, details = EXCLUDED.details,
          request_id = EXCLUDED.request_id,
          told_at = CASE WHEN ${isToldAgain(alert, sql`a.told_at`)} THEN EXCLUDED.told_at ELSE a.told_at END
        WHERE a.request_id IS DISTINCT FROM EXCLUDED.request_id OR ${isToldAgain(alert, sql`a.told_at`)}
      RETURNING new.id, old.id IS NULL OR ${isToldAgain(alert, sql`old.told_at`)} AS is_told
    )
    ${insertEvent(event, { from: sql`raised, cause WHERE is_told`, data: extra, alertId: sql`raised.id` })}`)
}
