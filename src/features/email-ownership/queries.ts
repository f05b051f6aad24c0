import { and, eq, isNull, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { canonicalOf } from '../../db/canonical.ts'
import type { Db } from '../../db/client.ts'
import { members } from '../../db/schema/people.ts'
import { canonical } from '../../shared/canonical.ts'
import { removedAddressOf } from '../members/queries.ts'

/**
 * Stores an address that replaces the present one once it is verified. Raises `members_email_unique` when another
 * account has it; `replaceEmail` checks that again.
 */
export const setPendingEmail = (db: Db, memberId: string, email: string, now: Date) =>
  db.execute(sql`
    WITH pending AS (
      UPDATE members SET pending_email = ${email}, updated_at = ${now.toISOString()} WHERE id = ${memberId}
    )
    SELECT assert_that(NOT EXISTS (
      SELECT 1 FROM members WHERE ${canonicalOf(sql`email`)} = ${canonical(email)} AND id <> ${memberId}::uuid),
      'members_email_unique')`)

/** Marks the account's address as verified, and as owned when the member themselves verified it. */
export const setEmailVerified = (db: Db, memberId: string, isOwned: boolean, now: Date) =>
  db
    .update(members)
    .set({
      emailVerifiedAt: keepingFirst(members.emailVerifiedAt, now),
      ...(isOwned ? { emailOwnedAt: keepingFirst(members.emailOwnedAt, now) } : {}),
    })
    .where(eq(members.id, memberId))

const keepingFirst = (column: SQLWrapper, now: Date): SQL => sql`coalesce(${column}, ${now.toISOString()}::timestamptz)`

/** Replaces the account's address by another verified one. Raises `members_email_unique`. */
export const replaceEmail = (
  db: Db,
  memberId: string,
  { email, isOwned, now }: { email: string; isOwned: boolean; now: Date },
) =>
  db
    .update(members)
    .set({ email, pendingEmail: null, emailVerifiedAt: now, emailOwnedAt: isOwned ? now : null, updatedAt: now })
    .where(eq(members.id, memberId))

/** Removes the account's address; the account is left without one. */
export const removeEmail = (db: Db, memberId: string, now: Date) =>
  db.update(members).set(withoutEmail(now)).where(eq(members.id, memberId))

/** Removes an address from any other account whose owner has not verified it; answers the ids of those accounts. */
export const removeUnownedEmailOfOthers = (db: Db, memberId: string, email: string, now: Date) =>
  db
    .update(members)
    .set(withoutEmail(now))
    .where(
      and(
        sql`${canonicalOf(members.email)} = ${canonical(email)}`,
        ne(members.id, memberId),
        isNull(members.emailOwnedAt),
      ),
    )
    .returning({ id: members.id })

const withoutEmail = (now: Date) => ({
  email: removedAddressOf(members.id),
  emailVerifiedAt: null,
  emailOwnedAt: null,
  updatedAt: now,
})

/** Deletes emails about the account that wait to be sent to an address which the member no longer has. */
export const deleteUnsentEmails = (db: Db, memberId: string, toAddress: string) =>
  db.execute(sql`
    DELETE FROM email_outbox WHERE order_id IS NULL AND status = 'pending' AND to_address = ${toAddress}
      AND variables->>'mb_cd' = (SELECT mb_cd FROM members WHERE id = ${memberId}::uuid)`)
