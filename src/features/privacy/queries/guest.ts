import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { canonical } from '../../../shared/canonical.ts'
import { eraseCheckoutAddressStatements, anonymiseStatements } from './anonymise.ts'
import { isAddressOf } from './personal-data.ts'
import { type ExportedRow, objectOf, SECTIONS, type Section, sectionOf } from './account-export.ts'
import { listOf } from '../../../db/status-list.ts'
import { UNSENT } from '../../../db/schema/email.ts'

const addressOf = (email: string): SQL => sql`SELECT ${canonical(email)}::text`

const guestsOf = (email: string): SQL =>
  sql`SELECT id FROM prospects WHERE ${isAddressOf(sql`email`, addressOf(email))}`

const ordersOf = (email: string): SQL =>
  sql`SELECT id FROM orders WHERE member_id IS NULL AND prospect_id IN (${guestsOf(email)})`

const orderCheckoutsOf = (email: string): SQL => sql`SELECT checkout_id FROM orders WHERE id IN (${ordersOf(email)})`

/** The condition for checkouts of visitors who gave this address, whether or not it is theirs. */
const startedWithAddress = (email: string): SQL =>
  sql`member_id IS NULL AND email IS NOT NULL AND ${isAddressOf(sql`email`, addressOf(email))}`

const noticesOf = (email: string): SQL => sql`
  SELECT id FROM email_outbox WHERE order_id IS NULL AND ${isAddressOf(sql`to_address`, addressOf(email))}
    AND em_cd NOT IN (SELECT em_cd FROM email_templates WHERE audience = 'operator')`

/** Whether the shop holds data under this address that belongs to no account. */
export const isKnownGuest = (email: string): SQL => sql`(
  EXISTS (${guestsOf(email)}) OR EXISTS (${noticesOf(email)}) OR EXISTS (SELECT 1 FROM checkouts WHERE ${startedWithAddress(email)}))`

/** Whether this is the address of an account whose owner has verified it. */
export const isOwnedByMember = (email: string): SQL =>
  sql`EXISTS (SELECT 1 FROM members WHERE email_owned_at IS NOT NULL AND ${isAddressOf(sql`email`, addressOf(email))})`

/** The sections of a guest's export; their parts are those of an account's export. */
const GUEST_SECTIONS = {
  prospects: {
    table: 'prospects',
    which: (email) => sql`t.id IN (${guestsOf(email)})`,
    without: ['converted_member_id', 'converted_at'],
  },
  checkouts: {
    ...SECTIONS.checkouts,
    which: (email) =>
      sql`t.id IN (${orderCheckoutsOf(email)} UNION SELECT id FROM checkouts WHERE ${startedWithAddress(email)})`,
    without: ['fingerprint', 'idempotency_key', 'visitor_id', 'cart_id', 'stripe_session_url'],
  },
  orders: { ...SECTIONS.orders, which: (email) => sql`t.id IN (${ordersOf(email)})` },
  emails: {
    ...SECTIONS.emails,
    which: (email) => sql`t.id IN (
      SELECT id FROM email_outbox WHERE order_id IN (${ordersOf(email)}) UNION ALL ${noticesOf(email)})`,
  },
} as const satisfies Record<string, Section>

export type GuestData = Record<keyof typeof GUEST_SECTIONS, ExportedRow[]>

/** Everything that the shop holds about a guest with this address, as one JSON value. */
export const selectGuestData = (db: Db, email: string) =>
  db.execute<{ data: GuestData }>(sql`
    SELECT ${objectOf(
      Object.fromEntries(
        Object.entries<Section>(GUEST_SECTIONS).map(([name, section]) => [name, sectionOf(section, email)]),
      ),
    )} AS data`)

/**
 * Erases a guest's data, in one batch; orders keep what bookkeeping needs. Running it again changes nothing. Raises
 * `erasure_checkouts_settled` while a payment may still arrive, `erasure_emails_settled` while an email is being sent.
 */
export function eraseGuestStatements(db: Db, { id, email }: { id: string; email: string }, now: Date) {
  const at = now.toISOString()
  const whose = { orders: ordersOf(email), checkouts: orderCheckoutsOf(email), notices: noticesOf(email) }
  const unsettled = sql`SELECT 1 FROM checkouts WHERE ${startedWithAddress(email)}
    AND (status = 'processing' OR (status = 'open' AND stripe_session_id IS NULL))`
  const unsent = sql`
    SELECT 1 FROM email_outbox WHERE order_id IN (${whose.orders}) AND status IN ${listOf(UNSENT)}
    UNION ALL SELECT 1 FROM email_outbox WHERE status = 'sending' AND id IN (${whose.notices})`
  const statements = [
    sql`SELECT id FROM checkouts WHERE id IN (${whose.checkouts}) ORDER BY id FOR NO KEY UPDATE`,
    // With this lock, an order that is being placed for this guest either waits or is seen by the next statements.
    sql`SELECT id FROM prospects WHERE id IN (${guestsOf(email)}) FOR UPDATE`,
    sql`SELECT assert_that(NOT EXISTS (${unsettled}), 'erasure_checkouts_settled'),
      assert_that(NOT EXISTS (${unsent}), 'erasure_emails_settled')`,
    ...anonymiseStatements(whose, at),
    ...eraseCheckoutAddressStatements(addressOf(email)),
    sql`DELETE FROM prospects WHERE id IN (${guestsOf(email)})`,
    sql`DELETE FROM privacy_requests WHERE id <> ${id} AND ${isAddressOf(sql`email`, addressOf(email))}`,
    sql`UPDATE privacy_requests SET email = NULL, done_at = ${at}, last_error = NULL WHERE id = ${id} AND done_at IS NULL`,
  ].map((statement) => db.execute(statement))
  const [first, ...rest] = statements
  if (first === undefined) throw new Error('an erasure has statements')
  return [first, ...rest] as const
}
