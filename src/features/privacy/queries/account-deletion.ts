import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { requestScopes } from '../../cart/request-scope.ts'
import { eraseCheckoutAddressStatements, anonymiseStatements } from './anonymise.ts'
import { isAddressOf, ownCheckouts, ownedAddress, ownNotices, ownOrders, ownProspects } from './personal-data.ts'
import { nextAttemptAt } from './next-attempt.ts'
import { HOLDING } from '../../../db/schema/checkout.ts'
import { listOf } from '../../../db/status-list.ts'
import { UNSENT } from '../../../db/schema/email.ts'

/** A deletion under way. */
export type DeletionRow = { member_id: string; stripe_customer_id: string | null; stripe_done: boolean }

type Close = {
  memberId: string
  sessionId: string
  /** The hash that the password was compared with. */
  comparedHash: string
  now: Date
  nextAttemptAt: Date
}

const own = (table: string, memberId: string, column = 'member_id'): SQL =>
  sql`DELETE FROM ${sql.identifier(table)} WHERE ${sql.identifier(column)} = ${memberId}`

/**
 * Closes an account, in one batch: nobody can sign in to it, reset its password or fill its cart any more, its username
 * and address are free again, and a row says that the deletion is under way. The member's row stays, without personal
 * data, until Stripe's part is done and all payments are settled. Running it again changes nothing.
 * Raises `session_is_live`, and `credentials_unchanged` when the password was changed since it was compared.
 */
export function closeAccountStatements(db: Db, { memberId, sessionId, comparedHash, now, nextAttemptAt }: Close) {
  const at = now.toISOString()
  const closed = sql`EXISTS (SELECT 1 FROM account_deletions WHERE member_id = ${memberId})`
  // Locks the member before their cart, in the order in which signing in does.
  const customer = sql`SELECT id AS member_id, stripe_customer_id, false AS stripe_done FROM members WHERE id = ${memberId}
    FOR NO KEY UPDATE`
  const statements = [
    sql`SELECT
      assert_that(${closed} OR EXISTS (
        SELECT 1 FROM sessions WHERE id = ${sessionId}::uuid AND member_id = ${memberId}::uuid
          AND ended_at IS NULL AND expires_at > ${at}), 'session_is_live'),
      assert_that(${closed} OR EXISTS (
        SELECT 1 FROM members WHERE id = ${memberId}::uuid AND password_hash = ${comparedHash}), 'credentials_unchanged')`,
    sql`INSERT INTO account_deletions (member_id, stripe_customer_id, requested_at, attempts, next_attempt_at)
      SELECT id, stripe_customer_id, ${at}::timestamptz, 1, ${nextAttemptAt.toISOString()}::timestamptz
      FROM members WHERE id = ${memberId}
      ON CONFLICT (member_id) DO NOTHING`,
    // Only the address, which this batch removes, shows that these are the member's.
    sql`UPDATE prospects SET converted_member_id = ${memberId}, converted_at = ${at}
      WHERE converted_member_id IS DISTINCT FROM ${memberId}::uuid AND ${isAddressOf(sql`email`, ownedAddress(memberId))}`,
    sql`UPDATE orders SET member_id = ${memberId}, prospect_id = NULL
      WHERE member_id IS NULL AND prospect_id IN (${ownProspects(memberId)})`,
    // Checkouts started in this cart before signing in are the member's too; once the cart is gone, only this shows it.
    sql`UPDATE checkouts SET member_id = ${memberId} WHERE member_id IS NULL AND status <> 'complete'
      AND cart_id IN (SELECT id FROM carts WHERE member_id = ${memberId})`,
    // A payment page may be about to open for these; until that is known, they count as the member's.
    sql`UPDATE checkouts SET member_id = ${memberId} WHERE member_id IS NULL AND status = 'open' AND stripe_session_id IS NULL
      AND ${isAddressOf(sql`email`, ownedAddress(memberId))}`,
    ...eraseCheckoutAddressStatements(ownedAddress(memberId)),
    sql`DELETE FROM privacy_requests WHERE ${isAddressOf(sql`email`, ownedAddress(memberId))}`,
    sql`DELETE FROM email_outbox WHERE status <> 'sending' AND id IN (${ownNotices(memberId)})`,
    ...['sessions', 'known_devices', 'one_time_tokens', 'member_default_addresses', 'terms_agreements', 'carts'].map(
      (table) => own(table, memberId),
    ),
    sql`DELETE FROM idempotency_keys WHERE scope IN ${requestScopes({ memberId })}`,
    sql`UPDATE members SET username = 'deleted-' || id, email = id || '@deleted.invalid', password_hash = NULL,
        first_name = '', last_name = '', email_verified_at = NULL, email_owned_at = NULL, pending_email = NULL, newsletter = false, unsubscribed_at = ${at},
        use_default_shipping_and_payment = false, failed_sign_ins = 0, locked_until = NULL, updated_at = ${at}
      WHERE id = ${memberId}`,
  ].map((statement) => db.execute(statement))
  return [db.execute<DeletionRow>(customer), ...statements] as const
}

/** Claims deletions that are due and postpones their next attempt, so that two sweeps never work on the same one. */
export const claimDueDeletions = (db: Db, now: Date, limit: number) =>
  db.execute<DeletionRow & { attempts: number }>(sql`
    UPDATE account_deletions d SET attempts = attempts + 1, stripe_customer_id = m.stripe_customer_id,
      stripe_done_at = CASE WHEN m.stripe_customer_id IS NOT DISTINCT FROM d.stripe_customer_id THEN d.stripe_done_at END,
      next_attempt_at = ${nextAttemptAt(now)}
    FROM members m
    WHERE m.id = d.member_id AND d.member_id IN (
      SELECT member_id FROM account_deletions WHERE done_at IS NULL AND next_attempt_at <= ${now.toISOString()}
      ORDER BY next_attempt_at LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING d.member_id, d.stripe_customer_id, d.stripe_done_at IS NOT NULL AS stripe_done, d.attempts`)

/** Stores why a deletion is not finished, and when Stripe's part of it was done. */
export const recordDeletionFailure = (
  db: Db,
  memberId: string,
  note: { stripeDoneAt: Date | null; lastError: string },
) =>
  db.execute(sql`
    UPDATE account_deletions SET last_error = ${note.lastError},
      stripe_done_at = coalesce(${note.stripeDoneAt?.toISOString() ?? null}::timestamptz, stripe_done_at)
    WHERE member_id = ${memberId} AND done_at IS NULL`)

/**
 * The last step of a deletion, in one batch: orders keep what bookkeeping needs; everything else is deleted, the member's
 * row included. Running it again changes nothing. Raises `deletion_checkouts_settled` while a payment may still arrive,
 * `deletion_emails_settled` while an email is being sent, `deletion_customer_known` when the member has got another
 * customer at Stripe meanwhile.
 */
export function eraseAccountStatements(
  db: Db,
  { member_id: memberId, stripe_customer_id: customerId }: DeletionRow,
  now: Date,
) {
  const at = now.toISOString()
  const unsettled = sql`SELECT 1 FROM checkouts WHERE member_id = ${memberId}::uuid AND status IN ${listOf(HOLDING)}`
  const unsent = sql`
    SELECT 1 FROM email_outbox WHERE order_id IN (${ownOrders(memberId)}) AND status IN ${listOf(UNSENT)}
    UNION ALL SELECT 1 FROM email_outbox WHERE status = 'sending' AND id IN (${ownNotices(memberId)})`
  const statements = [
    // Placing an order locks its checkout: either the order exists once this lock is held, or it will find no member.
    sql`SELECT id FROM checkouts WHERE id IN (${ownCheckouts(memberId)}) ORDER BY id FOR NO KEY UPDATE`,
    sql`SELECT assert_that(NOT EXISTS (${unsettled}), 'deletion_checkouts_settled'),
      assert_that(NOT EXISTS (${unsent}), 'deletion_emails_settled'),
      assert_that(NOT EXISTS (
        SELECT 1 FROM members WHERE id = ${memberId}::uuid AND stripe_customer_id IS DISTINCT FROM ${customerId}::text),
        'deletion_customer_known')`,
    ...anonymiseStatements(
      { orders: ownOrders(memberId), checkouts: ownCheckouts(memberId), notices: ownNotices(memberId) },
      at,
    ),
    own('prospects', memberId, 'converted_member_id'),
    own('members', memberId, 'id'),
    sql`UPDATE account_deletions SET done_at = ${at}, stripe_done_at = coalesce(stripe_done_at, ${at}::timestamptz),
        stripe_customer_id = NULL, last_error = NULL
      WHERE member_id = ${memberId} AND done_at IS NULL`,
  ].map((statement) => db.execute(statement))
  const [first, ...rest] = statements
  if (first === undefined) throw new Error('a deletion has statements')
  return [first, ...rest] as const
}
