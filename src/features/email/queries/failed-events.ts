import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type EventRecord, failedEvent } from '../../../db/webhook-events.ts'
import { type Alert, insertAlert } from './new-emails.ts'

/**
 * As `noteFailedEvent`, with an email to the operators in the same statement: once for each reason that an event fails
 * for, never without the record, and the record never without it. Answers a row when there is an email to queue.
 */
export const noteFailedEventAndAlert = (db: Db, event: EventRecord, errorCode: string, now: Date, alert: Alert) =>
  db.execute(sql`
    WITH failed AS (${failedEvent(event, errorCode, now)})
    ${insertAlert(alert, now, sql`failed`)}`)
