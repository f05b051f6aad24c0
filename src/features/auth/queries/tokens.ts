import { and, inArray, isNull, ne, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'
import type { Db } from '../../../db/client.ts'
import { OUTBOX_GRACE_MS } from '../../../db/outbox.ts'
import { oneTimeTokens } from '../../../db/schema/accounts.ts'
import { type Claimant, isClaimant } from './credentials.ts'
import { memberColumns, type MemberRow } from './members.ts'

export type TokenPurpose = 'verify_email' | 'reset_password'

/** A token and the email that carries it in a link. */
export type TokenEmail = {
  tokenId: string
  purpose: TokenPurpose
  tokenHash: string
  expiresAt: Date
  outboxId: string
  emCd: 'welcome_verification' | 'password_reset'
  /** The template's variable for the link, and the link. */
  link: { name: 'verify_url' | 'reset_url'; url: string }
  requestId: string
  now: Date
}

/**
 * Writes the token and its email for the member that the claimant is, to the address they have now; a link to verify
 * only while there is something to verify. A row comes back when an email is due. Running it again changes nothing.
 */
export function insertTokenEmail(db: Db, claimant: Claimant, email: TokenEmail) {
  const now = email.now.toISOString()
  const sweepAt = new Date(email.now.getTime() + OUTBOX_GRACE_MS).toISOString()
  return db.execute<{ id: string }>(sql`
    WITH owner AS (
      SELECT * FROM members WHERE ${isClaimant(claimant)}
        AND (${email.purpose}::text = 'reset_password' OR email_verified_at IS NULL)
    ), token AS (
      INSERT INTO one_time_tokens (id, member_id, purpose, token_hash, email, created_at, expires_at)
      SELECT ${email.tokenId}::uuid, id, ${email.purpose}, ${email.tokenHash}, email, ${now}::timestamptz,
        ${email.expiresAt.toISOString()}::timestamptz
      FROM owner ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
    SELECT ${email.outboxId}::uuid, ${email.emCd}, email,
      jsonb_build_object(${email.link.name}::text, ${email.link.url}::text,
        'name', coalesce(nullif(first_name, ''), username), 'mb_cd', mb_cd),
      ${email.requestId}, ${sweepAt}::timestamptz, ${now}::timestamptz
    FROM owner ON CONFLICT (id) DO NOTHING
    RETURNING id`)
}

/** Tokens are written under their member's lock, so that no two requests see the state before each other. */
export const lockMember = (db: Db, claimant: Claimant) =>
  db.execute(sql`SELECT id FROM members WHERE ${isClaimant(claimant)} FOR NO KEY UPDATE`)

/** Makes unused tokens of a member useless, except one if given. */
export const voidTokens = (db: Db, claimant: Claimant, purposes: TokenPurpose[], now: Date, exceptId?: string) =>
  db
    .update(oneTimeTokens)
    .set({ usedAt: now })
    .where(
      and(
        sql`${oneTimeTokens.memberId} IN (SELECT id FROM members WHERE ${isClaimant(claimant)})`,
        inArray(oneTimeTokens.purpose, purposes),
        isNull(oneTimeTokens.usedAt),
        exceptId === undefined ? undefined : ne(oneTimeTokens.id, exceptId),
      ),
    )

const sameAddress = sql`${canonicalOf(sql`t.email`)} = ${canonicalOf(sql`m.email`)}`

/** The member of a token that is still good: unused, in time, and sent to the address that the member has now. */
export const selectOwnerOfToken = (db: Db, purpose: TokenPurpose, tokenHash: string, now: Date) =>
  db.execute<MemberRow & { token_id: string }>(sql`
    SELECT t.id AS token_id, ${memberColumns('m')} FROM one_time_tokens t JOIN members m ON m.id = t.member_id
    WHERE t.token_hash = ${tokenHash} AND t.purpose = ${purpose} AND t.used_at IS NULL
      AND t.expires_at > ${now.toISOString()} AND ${sameAddress}`)

/**
 * Uses a token up. Raises `token_usable` when it is not good (any more). With the hash of the password that the batch
 * sets, running it again after it committed is no second use.
 */
export function spendToken(db: Db, tokenId: string, now: Date, passwordHash: string | null = null) {
  const at = now.toISOString()
  return db.execute(sql`
    WITH spent AS (
      UPDATE one_time_tokens t SET used_at = ${at} FROM members m
      WHERE t.id = ${tokenId} AND m.id = t.member_id AND ${sameAddress}
        AND ((t.used_at IS NULL AND t.expires_at > ${at}) OR m.password_hash = ${passwordHash}::text)
      RETURNING t.id
    )
    SELECT assert_that(EXISTS (SELECT 1 FROM spent), 'token_usable')`)
}
