import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { emailOutbox } from '../../../db/schema/email.ts'
import { later } from '../../../shared/later.ts'
import type { EmailCode, EmailVariables } from '../templates/variables.ts'

/** How long the sweep leaves an email that is due to the queue, in milliseconds. */
export const OUTBOX_GRACE_MS = 60_000

type OutboxRow<Code extends EmailCode> = {
  /** A UUIDv7 that the caller makes, and passes to `enqueueEmails` after the commit. */
  id: string
  emCd: Code
  orderId?: string
  toAddress: string
  variables: EmailVariables<Code>
  requestId: string
  now: Date
}

/** Writes an email into the outbox, in the batch of its cause. Running it again with the same id changes nothing. */
export function insertOutboxRow<Code extends EmailCode>(db: Db, row: OutboxRow<Code>) {
  return db
    .insert(emailOutbox)
    .values({
      id: row.id,
      emCd: row.emCd,
      orderId: row.orderId ?? null,
      toAddress: row.toAddress,
      variables: row.variables,
      requestId: row.requestId,
      nextSweepAt: later(row.now, OUTBOX_GRACE_MS),
      createdAt: row.now,
    })
    .onConflictDoNothing({ target: emailOutbox.id })
}

/**
 * Writes the email about an event's alert into the outbox, under the event's id. Running it again changes nothing. Raises
 * `event_has_alert`.
 */
export const insertAlertEmail = (
  db: Db,
  { eventId, toAddress, now }: { eventId: string; toAddress: string; now: Date },
) =>
  db.execute(sql`
    WITH alert AS (
      SELECT a.details || jsonb_build_object('code', a.code, 'request_id', e.request_id) AS variables, e.request_id
      FROM events e JOIN operator_alerts a ON a.id = e.alert_id WHERE e.id = ${eventId}
    ), email AS (
      INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
      SELECT ${eventId}::uuid, 'operator_alert', ${toAddress}, variables, request_id,
        ${later(now, OUTBOX_GRACE_MS).toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
      FROM alert ON CONFLICT (id) DO NOTHING
    ) SELECT assert_that(EXISTS (SELECT FROM alert), 'event_has_alert')`)
