import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { members } from '../../../db/schema/people.ts'
import { OUTBOX_GRACE_MS } from '../../email/queries/new-emails.ts'
import {
  type MemberKey,
  greetingName,
  isMember,
  memberColumns,
  type MemberRow,
  isRemovedAddress,
} from '../../members/queries.ts'
import type { TokenLink } from '../../one-time-tokens/token-link.ts'
import { FAILED_SIGN_INS_MAX, FAILURES_FORGOTTEN_HOURS, WAIT_MINUTES_MAX } from '../rules.ts'

/** The email to the owner that goes out if this attempt fails and locks the account. */
export type LockNotice = { outboxId: string; link: TokenLink; requestId: string }

export type AttemptRow = MemberRow & {
  password_hash: string | null
  /** The account was locked before this attempt, so the password must not be compared. */
  was_locked: boolean
  /** If this attempt fails, it locks the account. */
  locks: boolean
  /** The known browser whose count the attempt went to; null when it went to the account's count. */
  device_id: string | null
}

/** What an attempt at `at` sets on the row that counts it, of `members` or `known_devices`. */
function countedAt(at: string): SQL {
  const count = sql`CASE WHEN locked_until < ${at}::timestamptz - make_interval(hours => ${FAILURES_FORGOTTEN_HOURS}::integer) THEN 1
    ELSE failed_sign_ins + 1 END`
  const beyond = sql`(${count}) - ${FAILED_SIGN_INS_MAX}::integer`
  const minutes = sql`least(power(2, least(${beyond}, 30)), ${WAIT_MINUTES_MAX}::integer)::integer`
  const isLocked = sql`(locked_until > ${at}) IS TRUE`
  return sql`failed_sign_ins = CASE WHEN ${isLocked} THEN failed_sign_ins ELSE ${count} END,
    locked_until = CASE WHEN ${isLocked} THEN locked_until
      WHEN ${beyond} >= 0 THEN ${at}::timestamptz + make_interval(mins => ${minutes}) END`
}

/**
 * Reads the credentials and counts the attempt in one statement, so that parallel attempts cannot exceed the limit of
 * `rules.ts`. A browser on which the member has signed in has its own count. The attempt that reaches the limit also
 * writes the email to the owner, which `retractNotice` can take back within the grace: with a second statement here,
 * the answer would take longer than for an unknown account.
 */
export function countAttempt(
  db: Db,
  key: MemberKey,
  { deviceId, now, notice }: { deviceId: string | null; now: Date; notice: LockNotice },
) {
  const at = now.toISOString()
  const { token } = notice.link
  const isToBeTold = sql`locks AND NOT ${isRemovedAddress(sql`email`)}`
  const outcome = sql`(old.locked_until > ${at}) IS TRUE AS was_locked,
    (old.locked_until > ${at}) IS NOT TRUE AND new.failed_sign_ins = ${FAILED_SIGN_INS_MAX}::integer AS locks`
  return db.execute<AttemptRow>(sql`
    WITH at_device AS (
      UPDATE known_devices SET ${countedAt(at)}
      WHERE device_id = ${deviceId}::uuid AND member_id IN (SELECT id FROM members WHERE ${isMember(key)})
      RETURNING new.member_id, ${outcome}
    ), elsewhere AS (
      UPDATE members SET ${countedAt(at)}
      WHERE ${isMember(key)}
        AND NOT EXISTS (SELECT 1 FROM known_devices d WHERE d.device_id = ${deviceId}::uuid AND d.member_id = members.id)
      RETURNING new.*, ${outcome}, NULL::uuid AS device_id
    ), attempt AS (
      SELECT * FROM elsewhere
      UNION ALL SELECT m.*, d.was_locked, d.locks, ${deviceId}::uuid FROM at_device d JOIN members m ON m.id = d.member_id
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
    SELECT ${memberColumns('attempt')}, password_hash, was_locked, locks, device_id FROM attempt`)
}

/**
 * Records that the password was right: resets the count that the attempt went to, and stores `newHash`. Raises
 * `credentials_unchanged` when the password has been changed since it was compared.
 */
export const acceptPassword = (
  db: Db,
  { memberId, deviceId }: { memberId: string; deviceId: string | null },
  comparedHash: string,
  newHash: string,
) =>
  db.execute(sql`
    WITH at_device AS (
      UPDATE known_devices SET failed_sign_ins = 0, locked_until = NULL
      WHERE device_id = ${deviceId}::uuid AND member_id = ${memberId}
    ), accepted AS (
      UPDATE members SET password_hash = ${newHash},
        failed_sign_ins = CASE WHEN ${deviceId}::uuid IS NULL THEN 0 ELSE failed_sign_ins END,
        locked_until = CASE WHEN ${deviceId}::uuid IS NULL THEN NULL ELSE locked_until END
      WHERE id = ${memberId} AND password_hash IN (${comparedHash}, ${newHash}) RETURNING id
    )
    SELECT assert_that(EXISTS (SELECT 1 FROM accepted), 'credentials_unchanged')`)

/** Deletes the unsent email about the lock and its token, for when the last attempt before the lock was right. */
export const retractNotice = (db: Db, { outboxId, link }: LockNotice) =>
  db.execute(sql`
    WITH unsent AS (DELETE FROM email_outbox WHERE id = ${outboxId} RETURNING id)
    DELETE FROM one_time_tokens WHERE id = ${link.token.id}`)

/** Sets a new password, which also unlocks the account. */
export const setPassword = (db: Db, memberId: string, passwordHash: string) =>
  db.update(members).set({ passwordHash, failedSignIns: 0, lockedUntil: null }).where(eq(members.id, memberId))

/** Removes the password: nobody can sign in with one until another is set by an emailed link. */
export const clearPassword = (db: Db, memberId: string) =>
  db.update(members).set({ passwordHash: null, failedSignIns: 0, lockedUntil: null }).where(eq(members.id, memberId))
