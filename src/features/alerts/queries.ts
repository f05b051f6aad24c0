import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { NewEvent } from '../../events/new-event.ts'
import { insertEvent } from '../../events/queries.ts'
import type { AlertDetails } from './details.ts'

/** An alert to raise in the batch of its cause. Its event, about the same subject, emails the operators. */
export type NewAlert = {
  id: string
  code: string
  details: AlertDetails
  event: NewEvent
  /** Whether to email the operators again while the alert is open: never, a day after the last email, or each time. */
  again: 'never' | 'daily' | 'always'
}

type Cause = {
  /** A statement that answers one row if the alert is to be raised. */
  as: SQL
  /** A condition on that row. */
  where?: SQL
  /** A jsonb expression over that row: further details of the alert and its event. */
  more?: SQL
}

const DAY_MS = 24 * 60 * 60_000

/** The condition on `told_at` that the operators are to be emailed again about an open alert. */
function isNotifiedAgain({ again, event: { occurredAt } }: NewAlert, toldAt: SQL): SQL {
  if (again === 'daily') return sql`${toldAt} <= ${new Date(occurredAt.getTime() - DAY_MS).toISOString()}::timestamptz`
  return again === 'always' ? sql`true` : sql`false`
}

/**
 * Raises an alert if its cause answers a row. If no alert with this code is open for the subject, or `again` says so, it
 * also writes the event that emails the operators, and answers its id. An open alert counts how often it was raised, once
 * for each request.
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
      SELECT ${alert.id}::uuid, ${alert.code}, ${event.subjectKind}, ${event.subjectId},
        ${JSON.stringify(alert.details)}::jsonb || ${extra}, ${event.requestId}, ${raisedAt}, ${raisedAt}, ${raisedAt}
      FROM cause ${where === undefined ? sql`` : sql`WHERE ${where}`}
      ON CONFLICT (code, subject_kind, subject_id) WHERE resolved_at IS NULL DO UPDATE
        SET raised_count = a.raised_count + 1, last_raised_at = EXCLUDED.last_raised_at, details = EXCLUDED.details,
          request_id = EXCLUDED.request_id,
          told_at = CASE WHEN ${isNotifiedAgain(alert, sql`a.told_at`)} THEN EXCLUDED.told_at ELSE a.told_at END
        WHERE a.request_id IS DISTINCT FROM EXCLUDED.request_id OR ${isNotifiedAgain(alert, sql`a.told_at`)}
      RETURNING new.id, old.id IS NULL OR ${isNotifiedAgain(alert, sql`old.told_at`)} AS is_notified
    )
    ${insertEvent(event, { from: sql`raised, cause WHERE is_notified`, data: extra, alertId: sql`raised.id` })}`)
}

/** As `raiseAlertStatement`, but not again once an operator has resolved this alert, for what goes on after that. */
export const raiseAlertUnlessResolved = (db: Db, alert: NewAlert) =>
  raiseAlertStatement(db, alert, {
    as: sql`
      SELECT 1 WHERE NOT EXISTS (
        SELECT FROM operator_alerts WHERE code = ${alert.code} AND subject_kind = ${alert.event.subjectKind}
          AND subject_id = ${alert.event.subjectId} AND resolved_at IS NOT NULL)`,
  })
