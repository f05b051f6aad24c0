import { and, eq, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { type emailFailureTypes, emailOutbox, orderEmailFailures } from '../../../db/schema/email.ts'
import { orders } from '../../../db/schema/orders.ts'
import type { NewEvent } from '../../../events/new-event.ts'
import { insertEvent } from '../../../events/queries.ts'
import { newId } from '../../../shared/ids.ts'

export type EmailFailureType = (typeof emailFailureTypes)[number]

export type FailureNote = { type: EmailFailureType; phase: number; message: string }

/** The customer whose email failed. */
export type FailedCustomer = { identifier: string; customerEmail: string; isMember: boolean }

type CustomerColumns = { identifier: string | null; customer_email: string | null; is_member: boolean | null }

const toCustomer = (row: CustomerColumns): FailedCustomer | null =>
  row.identifier === null || row.customer_email === null
    ? null
    : { identifier: row.identifier, customerEmail: row.customer_email, isMember: row.is_member === true }

/** `source` must answer a column `order_id`; the statement reads the customer from the order. */
const insertFailure = (source: SQL, note: FailureNote) => sql`
  INSERT INTO ${orderEmailFailures} (id, order_id, type, phase, message, customer_email, is_member)
  SELECT ${newId()}::uuid, o.id, ${note.type}, ${note.phase}::integer, ${note.message}, o.email, o.member_id IS NOT NULL
  FROM ${source} JOIN ${orders} o ON o.id = source.order_id
  ON CONFLICT (order_id, type) WHERE resolved_at IS NULL
    DO UPDATE SET message = excluded.message, phase = excluded.phase
  RETURNING order_id, customer_email, is_member`

/** Writes or updates the order's unresolved failure of this type; null when there is no such order. */
export async function upsertEmailFailure(db: Db, orderId: string, note: FailureNote): Promise<FailedCustomer | null> {
  const { rows } = await db.execute<CustomerColumns>(sql`
    WITH noted AS (${insertFailure(sql`(SELECT ${orderId}::uuid AS order_id) source`, note)})
    SELECT o.identifier, noted.customer_email, noted.is_member
    FROM noted JOIN ${orders} o ON o.id = noted.order_id`)
  return rows[0] === undefined ? null : toCustomer(rows[0])
}

export type FailedEmail = { orderId: string | null; emCd: string; customer: FailedCustomer | null }

type FailedColumns = CustomerColumns & { order_id: string | null; em_cd: string }

/**
 * Records why an email was sent with the built-in text. Answers one row for `toFailedEmail`, also for an email that is not
 * about an order.
 */
export const insertFault = (db: Db, { orderId, emCd }: { orderId: string | null; emCd: string }, note: FailureNote) =>
  db.execute<FailedColumns>(sql`
    WITH source AS (SELECT ${orderId}::uuid AS order_id),
    noted AS (${insertFailure(sql`source`, note)})
    SELECT source.order_id, ${emCd}::text AS em_cd, o.identifier, noted.customer_email, noted.is_member
    FROM source LEFT JOIN noted ON noted.order_id = source.order_id LEFT JOIN ${orders} o ON o.id = source.order_id`)

/**
 * Ends an email's row with `status`, and records the failure and its `event` in the same statement, so that no email is
 * given up without a record. If the condition `which` does not hold, it changes nothing and answers no row.
 */
export const endRowWithFailure = (
  db: Db,
  which: SQL | undefined,
  note: FailureNote,
  { status, now, event }: { status: 'failed' | 'sent'; now: Date; event: NewEvent },
) =>
  db.execute<FailedColumns>(sql`
    WITH ended AS (
      UPDATE ${emailOutbox} SET status = ${status}, last_error = ${note.message}, lease_until = NULL,
        sent_at = ${status === 'sent' ? now.toISOString() : null}::timestamptz
      WHERE ${which} RETURNING order_id, em_cd
    ), noted AS (${insertFailure(sql`ended source`, note)})
    ${status === 'failed' ? sql`, event AS (${insertEvent(event, { from: sql`ended` })})` : sql``}
    SELECT ended.order_id, ended.em_cd, o.identifier, noted.customer_email, noted.is_member
    FROM ended LEFT JOIN noted ON noted.order_id = ended.order_id LEFT JOIN ${orders} o ON o.id = ended.order_id`)

export const toFailedEmail = (row: FailedColumns): FailedEmail => ({
  orderId: row.order_id,
  emCd: row.em_cd,
  customer: toCustomer(row),
})

/** The condition that this attempt holds the row. */
export const heldBy = (outboxId: string, leaseId: string) =>
  and(eq(emailOutbox.id, outboxId), eq(emailOutbox.leaseId, leaseId), eq(emailOutbox.status, 'sending'))

/** The condition that the row's attempt called the transport and then ended without an outcome. */
export const abandonedInTransport = (outboxId: string, now: Date) =>
  and(
    eq(emailOutbox.id, outboxId),
    eq(emailOutbox.status, 'sending'),
    sql`${emailOutbox.handedOverAt} IS NOT NULL`,
    lt(emailOutbox.leaseUntil, now),
  )

/** The condition that the row is unsent and no attempt holds it. */
export const idleAndUnsent = (outboxId: string, now: Date) =>
  and(
    eq(emailOutbox.id, outboxId),
    or(eq(emailOutbox.status, 'pending'), and(eq(emailOutbox.status, 'sending'), lt(emailOutbox.leaseUntil, now))),
  )
