import { type SQL, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'
import type { Db } from '../../../db/client.ts'
import { OUTBOX_GRACE_MS } from '../../../db/outbox.ts'
import { isRemovedAddress } from '../../../db/removed-address.ts'
import { canonical } from '../../../shared/canonical.ts'
import type { TokenLink } from '../one-time-token.ts'
import { greetingName, memberColumns, type MemberRow } from './members.ts'

/** Whose password is tried: by what was typed into the sign-in form, or by a session. */
export type Claimant = { login: string } | { memberId: string }

/** The notice to the owner that goes out if this attempt locks the account and fails. */
export type LockNotice = { outboxId: string; link: TokenLink; requestId: string }

export type AttemptRow = MemberRow & {
  password_hash: string | null
  /** Locked before this attempt: nothing may be compared. */
  was_locked: boolean
  /** This attempt is the last one that is compared. */
  locks: boolean
}

export function isClaimant(claimant: Claimant): SQL {
  if ('memberId' in claimant) return sql`id = ${claimant.memberId}`
  const login = canonical(claimant.login)
  return sql`(${canonicalOf(sql`username`)} = ${login} OR ${canonicalOf(sql`email`)} = ${login})`
}

/**
 * Reads the credentials and counts the attempt in one statement, so that of any number of parallel attempts only
 * `limit` are ever compared. The one that reaches the limit locks the account and writes the notice to its owner, which
 * waits a grace for `retractNotice`: so the answer takes as long as for an account that does not exist.
 */
export function countAttempt(
  db: Db,
  claimant: Claimant,
  { limit, now, lockedUntil, notice }: { limit: number; now: Date; lockedUntil: Date; notice: LockNotice },
) {
  const at = now.toISOString()
  const { token } = notice.link
  const isToBeTold = sql`locks AND NOT ${isRemovedAddress(sql`email`)}`
  const isLocked = sql`(locked_until > ${at}) IS TRUE`
  return db.execute<AttemptRow>(sql`
    WITH attempt AS (
      UPDATE members SET
        failed_sign_ins = CASE WHEN ${isLocked} THEN failed_sign_ins WHEN locked_until IS NULL THEN failed_sign_ins + 1 ELSE 1 END,
        locked_until = CASE WHEN ${isLocked} THEN locked_until
          WHEN locked_until IS NULL AND failed_sign_ins + 1 >= ${limit}::integer THEN ${lockedUntil.toISOString()}::timestamptz END
      WHERE ${isClaimant(claimant)}
      RETURNING new.*, (old.locked_until > ${at}) IS TRUE AS was_locked,
        (old.locked_until > ${at}) IS NOT TRUE AND new.locked_until IS NOT NULL AS locks
    ), reset AS (
      INSERT INTO one_time_tokens (id, member_id, purpose, token_hash, email, created_at, expires_at)
      SELECT ${token.id}::uuid, id, ${token.purpose}, ${token.tokenHash}, email, ${at}::timestamptz,
        ${token.expiresAt.toISOString()}::timestamptz
      FROM attempt WHERE ${isToBeTold}
    ), told AS (
      INSERT INTO email_outbox (id, em_cd, to_address, variables, request_id, next_sweep_at, created_at)
      SELECT ${notice.outboxId}::uuid, 'account_locked', email,
        jsonb_build_object('reset_url', ${notice.link.url}::text, 'name', ${greetingName}, 'mb_cd', mb_cd),
        ${notice.requestId}, ${new Date(now.getTime() + OUTBOX_GRACE_MS).toISOString()}::timestamptz, ${at}::timestamptz
      FROM attempt WHERE ${isToBeTold}
    )
    SELECT ${memberColumns('attempt')}, password_hash, was_locked, locks FROM attempt`)
}

/**
 * The password was right: the count starts again, and the hash is replaced when a new one is given. Raises
 * `credentials_unchanged` when the password has been changed since it was compared.
 */
export const acceptPassword = (db: Db, memberId: string, comparedHash: string, newHash: string) =>
  db.execute(sql`
    WITH accepted AS (
      UPDATE members SET failed_sign_ins = 0, locked_until = NULL, password_hash = ${newHash}
      WHERE id = ${memberId} AND password_hash IN (${comparedHash}, ${newHash}) RETURNING id
    )
    SELECT assert_that(EXISTS (SELECT 1 FROM accepted), 'credentials_unchanged')`)

/** The last attempt before the lock was the right one after all: its notice is taken back before anybody sent it. */
export const retractNotice = (db: Db, { outboxId, link }: LockNotice) =>
  db.execute(sql`
    WITH unsent AS (DELETE FROM email_outbox WHERE id = ${outboxId} RETURNING id)
    DELETE FROM one_time_tokens WHERE id = ${link.token.id}`)
