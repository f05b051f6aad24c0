import { and, eq, isNull, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'
import type { Db } from '../../../db/client.ts'
import { removedAddressOf } from '../../../db/removed-address.ts'
import { members } from '../../../db/schema/people.ts'
import { canonical } from '../../../shared/canonical.ts'
import type { Member } from '../member.ts'

export type MemberRow = {
  id: string
  username: string
  email: string
  email_verified_at: string | null
  email_owned_at: string | null
  pending_email: string | null
  first_name: string
  last_name: string
  newsletter: boolean
  created_at: string
}

/** What `toMember` reads, of the table or common table expression with this name. */
export const memberColumns = (table: 'm' | 'attempt'): SQL => {
  const t = sql.identifier(table)
  return sql`${t}.id, ${t}.username, ${t}.email, to_json(${t}.email_verified_at) AS email_verified_at,
    to_json(${t}.email_owned_at) AS email_owned_at, ${t}.pending_email, ${t}.first_name, ${t}.last_name, ${t}.newsletter, to_json(${t}.created_at) AS created_at`
}

export const toMember = (row: MemberRow): Member => ({
  id: row.id,
  username: row.username,
  email: row.email,
  emailVerifiedAt: row.email_verified_at === null ? null : new Date(row.email_verified_at),
  emailOwnedAt: row.email_owned_at === null ? null : new Date(row.email_owned_at),
  pendingEmail: row.pending_email,
  firstName: row.first_name,
  lastName: row.last_name,
  newsletter: row.newsletter,
  createdAt: new Date(row.created_at),
})

/**
 * How an email may greet the member: by name only where the account's opener is known to read it. Else an account opened
 * under a stranger's address could send them a text and a link in the shop's name.
 */
export const greetingName = sql`CASE WHEN email_owned_at IS NOT NULL THEN coalesce(nullif(first_name, ''), username) END`

export type NewMember = Member & { mbCd: string; passwordHash: string }

/** Raises `members_username_unique`, `members_email_unique`. Running it again with the same id changes nothing. */
export const insertMember = (db: Db, member: NewMember) =>
  db
    .insert(members)
    .values({ ...member, updatedAt: member.createdAt })
    .onConflictDoNothing({ target: members.id })

/** The member of a live session. */
export const selectMemberOfSession = (db: Db, memberId: string, sessionId: string, now: Date) =>
  db.execute<MemberRow>(sql`
    SELECT ${memberColumns('m')} FROM sessions s JOIN members m ON m.id = s.member_id
    WHERE s.id = ${sessionId} AND m.id = ${memberId} AND s.ended_at IS NULL AND s.expires_at > ${now.toISOString()}`)

/** A new password opens a locked account. */
export const setPassword = (db: Db, memberId: string, passwordHash: string) =>
  db.update(members).set({ passwordHash, failedSignIns: 0, lockedUntil: null }).where(eq(members.id, memberId))

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

export const clearPendingEmail = (db: Db, memberId: string, now: Date) =>
  db.update(members).set({ pendingEmail: null, updatedAt: now }).where(eq(members.id, memberId))

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

/** Nobody can come in by a password any more, until another is set by an emailed link. */
export const clearPassword = (db: Db, memberId: string) =>
  db.update(members).set({ passwordHash: null, failedSignIns: 0, lockedUntil: null }).where(eq(members.id, memberId))
