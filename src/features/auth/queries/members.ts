import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { members } from '../../../db/schema/people.ts'
import type { Member } from '../member.ts'

export type MemberRow = {
  id: string
  username: string
  email: string
  email_verified_at: string | null
  first_name: string
  last_name: string
  newsletter: boolean
  created_at: string
}

/** What `toMember` reads, of the table or common table expression with this name. */
export const memberColumns = (table: 'm' | 'attempt'): SQL => {
  const t = sql.identifier(table)
  return sql`${t}.id, ${t}.username, ${t}.email, to_json(${t}.email_verified_at) AS email_verified_at, ${t}.first_name,
    ${t}.last_name, ${t}.newsletter, to_json(${t}.created_at) AS created_at`
}

export const toMember = (row: MemberRow): Member => ({
  id: row.id,
  username: row.username,
  email: row.email,
  emailVerifiedAt: row.email_verified_at === null ? null : new Date(row.email_verified_at),
  firstName: row.first_name,
  lastName: row.last_name,
  newsletter: row.newsletter,
  createdAt: new Date(row.created_at),
})

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

/** A new address has to be verified anew; raises `members_email_unique`. Running it again changes nothing. */
export const setEmail = (db: Db, memberId: string, email: string, now: Date) =>
  db.update(members).set({ email, emailVerifiedAt: null, updatedAt: now }).where(eq(members.id, memberId))

export const setEmailVerified = (db: Db, memberId: string, now: Date) =>
  db
    .update(members)
    .set({ emailVerifiedAt: sql`coalesce(${members.emailVerifiedAt}, ${now.toISOString()}::timestamptz)` })
    .where(eq(members.id, memberId))
