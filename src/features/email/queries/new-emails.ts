import { type SQL, sql } from 'drizzle-orm'
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

/** An email to the operators. `outboxId` is a UUIDv7 made by the caller. */
export type Alert = {
  outboxId: string
  toAddress: string
  variables: EmailVariables<'operator_alert'>
  requestId: string
}

/**
 * Writes an email to the operators if `cause`, a table expression, has its one row, and answers its id unless it was
 * written before.
 */
export const insertAlert = ({ outboxId, toAddress, variables, requestId }: Alert, now: Date, cause: SQL): SQL => sql`
  INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
  SELECT ${outboxId}::uuid, 'operator_alert', ${toAddress}, ${JSON.stringify(variables)}::jsonb, ${requestId},
    ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
  FROM ${cause} ON CONFLICT (id) DO NOTHING RETURNING id`
