import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { emailOutbox } from '../../../db/schema/email.ts'
import type { EmailCode, EmailVariables } from '../templates/variables.ts'

/** How long after an email is due the queue has it to itself, in milliseconds; then the sweep takes over. */
export const OUTBOX_GRACE_MS = 60_000

type OutboxRow<Code extends EmailCode> = {
  /** UUIDv7 made by the caller, who gives it to `enqueueEmails` after the commit. */
  id: string
  emCd: Code
  orderId?: string
  toAddress: string
  variables: EmailVariables<Code>
  requestId: string
  now: Date
}

/**
 * The statement that writes an email into the outbox, for the batch of what the email tells about. Running it again
 * with the same id changes nothing.
 */
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
      nextSweepAt: new Date(row.now.getTime() + OUTBOX_GRACE_MS),
      createdAt: row.now,
    })
    .onConflictDoNothing({ target: emailOutbox.id })
}

/** Writes the operators the email of an event's alert, once under this id. */
export const insertAlertEmail = (
  db: Db,
  { id, eventId, toAddress, now }: { id: string; eventId: string; toAddress: string; now: Date },
) =>
  db.execute(sql`
    INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${id}::uuid, 'operator_alert', ${toAddress},
      a.details || jsonb_build_object('code', a.code, 'request_id', e.request_id), e.request_id,
      ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
    FROM events e JOIN operator_alerts a ON a.id = e.alert_id WHERE e.id = ${eventId}
    ON CONFLICT (id) DO NOTHING`)
