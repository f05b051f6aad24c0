import { and, eq, isNull, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { canonicalOf } from '../../db/canonical.ts'
import type { Db } from '../../db/client.ts'
import { removedAddressOf } from '../../db/removed-address.ts'
import { members } from '../../db/schema/people.ts'
import { canonical } from '../../shared/canonical.ts'

/**
 * Notes an address that takes over once it is proven. Raises `members_email_unique` when another account has it already;
 * whether it is still free is asked again when it takes over.
 */
export const setPendingEmail = (db: Db, memberId: string, email: string, now: Date) =>
  db.execute(sql`
    WITH pending AS (
      UPDATE members SET pending_email = ${email}, updated_at = ${now.toISOString()} WHERE id = ${memberId}
    )
    SELECT assert_that(NOT EXISTS (
      SELECT 1 FROM members WHERE ${canonicalOf(sql`email`)} = ${canonical(email)} AND id <> ${memberId}::uuid),
      'members_email_unique')`)

/** The account's address is proven, and owned when the request that proves it is the member's own. */
export const setEmailVerified = (db: Db, memberId: string, isOwned: boolean, now: Date) =>
  db
    .update(members)
    .set({
      emailVerifiedAt: keepingFirst(members.emailVerifiedAt, now),
      ...(isOwned ? { emailOwnedAt: keepingFirst(members.emailOwnedAt, now) } : {}),
    })
    .where(eq(members.id, memberId))

const keepingFirst = (column: SQLWrapper, now: Date): SQL => sql`coalesce(${column}, ${now.toISOString()}::timestamptz)`

/** Another proven address takes over; raises `members_email_unique`. */
export const replaceEmail = (
  db: Db,
  memberId: string,
  { email, isOwned, now }: { email: string; isOwned: boolean; now: Date },
) =>
  db
    .update(members)
    .set({ email, pendingEmail: null, emailVerifiedAt: now, emailOwnedAt: isOwned ? now : null, updatedAt: now })
    .where(eq(members.id, memberId))

/** Takes an address off an account that is not its reader's; the account is left without one. */
export const removeEmail = (db: Db, memberId: string, now: Date) =>
  db.update(members).set(withoutEmail(now)).where(eq(members.id, memberId))

/** The same for whichever other account has the address without its opener being known to read it; answers which. */
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

/** Takes back what waits to be sent to an address that the member no longer has. */
export const deleteUnsentEmails = (db: Db, memberId: string, toAddress: string) =>
  db.execute(sql`
    DELETE FROM email_outbox WHERE order_id IS NULL AND status = 'pending' AND to_address = ${toAddress}
      AND variables->>'mb_cd' = (SELECT mb_cd FROM members WHERE id = ${memberId}::uuid)`)
