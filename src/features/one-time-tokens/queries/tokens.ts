import { and, eq, inArray, isNull, notInArray, type SQL, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'
import type { Db } from '../../../db/client.ts'
import { oneTimeTokens } from '../../../db/schema/accounts.ts'
import { type Claimant, isClaimant, memberColumns, type MemberRow } from '../../members/queries.ts'
import type { TokenPurpose } from '../rules.ts'
import type { TokenLink } from '../token-link.ts'

/** Makes unused tokens of a member useless, except those that the same batch writes: it may run twice. */
export const voidTokens = (db: Db, claimant: Claimant, purposes: TokenPurpose[], now: Date, except: TokenLink[] = []) =>
  db
    .update(oneTimeTokens)
    .set({ usedAt: now })
    .where(
      and(
        sql`${oneTimeTokens.memberId} IN (SELECT id FROM members WHERE ${isClaimant(claimant)})`,
        inArray(oneTimeTokens.purpose, purposes),
        isNull(oneTimeTokens.usedAt),
        notInArray(
          oneTimeTokens.id,
          except.map(({ token }) => token.id),
        ),
      ),
    )

/** Voids the undo links of this change of the address and of later ones; those of earlier changes stay good. */
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

/** Whether a token still means something, by what it is for: the address that it went to must be the one it is about. */
const MEANS_SOMETHING: Record<TokenPurpose, SQL> = {
  verify_email: sql`(${wentToAccount} OR ${wentToPending})`,
  // Who owns the account has proven the address; it cannot be a stranger's any more.
  disown_email: sql`((${wentToAccount} AND m.email_owned_at IS NULL) OR ${wentToPending})`,
  undo_email_change: sql`(m.pending_email IS NOT NULL OR NOT ${wentToAccount})`,
  reset_password: wentToAccount,
}

export type TokenOwnerRow = MemberRow & {
  token_id: string
  /** The address that the link went to. */
  sent_to: string
  /** Whether that is the address that waits to take over. */
  is_pending: boolean
  /** Whether the given session is a live one of this member. */
  is_caller: boolean
}

/** The member of a token that is still good, and whether the session that asks is theirs. */
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
      AND t.expires_at > ${now.toISOString()} AND ${MEANS_SOMETHING[purpose]}`)

/**
 * Uses a token up. Raises `token_usable` when it is not good (any more). With the hash of the password that the batch
 * sets, running it again after it committed is no second use.
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
      WHERE t.id = ${id} AND m.id = t.member_id AND ${MEANS_SOMETHING[purpose]}
        AND ((t.used_at IS NULL AND t.expires_at > ${at}) OR m.password_hash = ${passwordHash}::text)
      RETURNING t.id
    )
    SELECT assert_that(EXISTS (SELECT 1 FROM spent), 'token_usable')`)
}
