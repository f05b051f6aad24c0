import { and, eq, inArray, isNull, notInArray, type SQL, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'
import type { Db } from '../../../db/client.ts'
import { oneTimeTokens } from '../../../db/schema/accounts.ts'
import { type MemberKey, isMember, memberColumns, type MemberRow } from '../../members/queries.ts'
import type { TokenPurpose } from '../rules.ts'
import type { TokenLink } from '../token-link.ts'

/** Voids a member's unused tokens, except those that the same batch writes, since the batch may run twice. */
export const voidTokens = (db: Db, key: MemberKey, purposes: TokenPurpose[], now: Date, except: TokenLink[] = []) =>
  db
    .update(oneTimeTokens)
    .set({ usedAt: now })
    .where(
      and(
        sql`${oneTimeTokens.memberId} IN (SELECT id FROM members WHERE ${isMember(key)})`,
        inArray(oneTimeTokens.purpose, purposes),
        isNull(oneTimeTokens.usedAt),
        notInArray(
          oneTimeTokens.id,
          except.map(({ token }) => token.id),
        ),
      ),
    )

/** Voids the undo links of this change of address and of later ones; those of earlier changes stay valid. */
export const voidUndoTokensSince = (db: Db, memberId: string, tokenId: string, now: Date) =>
  db
    .update(oneTimeTokens)
    .set({ usedAt: now })
    .where(
      and(
        eq(oneTimeTokens.memberId, memberId),
        eq(oneTimeTokens.purpose, 'undo_email_change'),
        isNull(oneTimeTokens.usedAt),
        sql`${oneTimeTokens.createdAt} >= (SELECT created_at FROM one_time_tokens WHERE id = ${tokenId})`,
      ),
    )

const wentTo = (column: SQL): SQL => sql`${canonicalOf(sql`t.email`)} = ${canonicalOf(column)}`
const wentToAccount = wentTo(sql`m.email`)
const wentToPending = sql`coalesce(${wentTo(sql`m.pending_email`)}, false)`

/** The condition under which a token still applies: the address that it went to must still be the one it is about. */
const STILL_APPLIES: Record<TokenPurpose, SQL> = {
  verify_email: sql`(${wentToAccount} OR ${wentToPending})`,
  // Once the account's owner has verified the address, it cannot be a stranger's.
  disown_email: sql`((${wentToAccount} AND m.email_owned_at IS NULL) OR ${wentToPending})`,
  undo_email_change: sql`(m.pending_email IS NOT NULL OR NOT ${wentToAccount})`,
  reset_password: wentToAccount,
}

export type TokenOwnerRow = MemberRow & {
  token_id: string
  /** The address that the link went to. */
  sent_to: string
  /** Whether that is the member's pending address. */
  is_pending: boolean
  /** Whether `sessionId` is a live session of this member. */
  is_caller: boolean
}

/** The member of a token that is still valid, and whether the caller's session is theirs. */
export const selectOwnerOfToken = (
  db: Db,
  purpose: TokenPurpose,
  { tokenHash, sessionId, now }: { tokenHash: string; sessionId: string | null; now: Date },
) =>
  db.execute<TokenOwnerRow>(sql`
    SELECT t.id AS token_id, t.email AS sent_to, ${wentToPending} AS is_pending, ${memberColumns('m')},
      EXISTS (SELECT 1 FROM sessions s WHERE s.id = ${sessionId}::uuid AND s.member_id = m.id AND s.ended_at IS NULL
        AND s.expires_at > ${now.toISOString()}) AS is_caller
    FROM one_time_tokens t JOIN members m ON m.id = t.member_id
    WHERE t.token_hash = ${tokenHash} AND t.purpose = ${purpose} AND t.used_at IS NULL
      AND t.expires_at > ${now.toISOString()} AND ${STILL_APPLIES[purpose]}`)

/**
 * Uses a token up. Raises `token_usable` when it is not valid, or no longer. Given the hash of the password that the
 * batch sets, it may run again after a commit whose answer was lost.
 */
export function spendToken(
  db: Db,
  { id, purpose }: { id: string; purpose: TokenPurpose },
  now: Date,
  passwordHash: string | null = null,
) {
  const at = now.toISOString()
  return db.execute(sql`
    WITH spent AS (
      UPDATE one_time_tokens t SET used_at = ${at} FROM members m
      WHERE t.id = ${id} AND m.id = t.member_id AND ${STILL_APPLIES[purpose]}
        AND ((t.used_at IS NULL AND t.expires_at > ${at}) OR m.password_hash = ${passwordHash}::text)
      RETURNING t.id
    )
    SELECT assert_that(EXISTS (SELECT 1 FROM spent), 'token_usable')`)
}
