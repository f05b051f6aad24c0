import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { canonicalOf } from '../../db/canonical.ts'
import type { Db } from '../../db/client.ts'
import { members } from '../../db/schema/people.ts'
import { canonical } from '../../shared/canonical.ts'
import type { Member } from './member.ts'

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

/** The columns that `toMember` reads, of the table or common table expression with this name. */
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
 * The name by which an email greets the member; null until the account's owner has shown that they read the address.
 * Otherwise somebody could register a stranger's address and use the name to send them a text in the shop's name.
 */
export const greetingName = sql`CASE WHEN email_owned_at IS NOT NULL THEN coalesce(nullif(first_name, ''), username) END`

export const clearPendingEmail = (db: Db, memberId: string, now: Date) =>
  db.update(members).set({ pendingEmail: null, updatedAt: now }).where(eq(members.id, memberId))

/** How a statement finds a member: by the username or email that somebody typed, or by id. */
export type MemberKey = { login: string } | { memberId: string }

/** The condition on `members` that the row is this member's. */
export function isMember(key: MemberKey): SQL {
  if ('memberId' in key) return sql`id = ${key.memberId}`
  const login = canonical(key.login)
  return sql`(${canonicalOf(sql`username`)} = ${login} OR ${canonicalOf(sql`email`)} = ${login})`
}

/** Locks the member's row: requests that write tokens run one after the other, so each sees what the others wrote. */
export const lockMember = (db: Db, key: MemberKey) =>
  db.execute(sql`SELECT id FROM members WHERE ${isMember(key)} FOR NO KEY UPDATE`)

/** The id of the member's Stripe customer; null until their first checkout. */
export const selectStripeCustomer = (db: Db, memberId: string) =>
  db
    .select({ stripeCustomerId: sql<string | null>`${members.stripeCustomerId}` })
    .from(members)
    .where(eq(members.id, memberId))

const REMOVED_DOMAIN = '@removed.invalid'

/** Stands in a member's `email` after its reader said that the account is not theirs. Nothing is ever sent there. */
export const removedAddressOf = (memberId: SQLWrapper): SQL => sql`'no-address-' || ${memberId} || ${REMOVED_DOMAIN}`

/** Whether a column holds an address of `removedAddressOf`. */
export const isRemovedAddress = (email: SQLWrapper): SQL => sql`${email} LIKE ${`%${REMOVED_DOMAIN}`}`
