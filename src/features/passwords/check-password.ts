import type { Ctx } from '../../context.ts'
import type { Db } from '../../db/client.ts'
import { ConstraintViolation, runStatement, runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import type { Member } from '../members/member.ts'
import { type MemberKey, toMember } from '../members/queries.ts'
import { newTokenLink } from '../one-time-tokens/token-link.ts'
import { hashPassword, needsRehash, verifyPassword } from './password-hash.ts'
import { acceptPassword, type AttemptRow, countAttempt, type LockNotice, retractNotice } from './queries/credentials.ts'

/** A password that was right, with what `acceptStatements` needs to record that. */
export type CheckedPassword = {
  member: Member
  /** The hash that was compared; `acceptPassword` asserts that it has not changed since. */
  comparedHash: string
  /** `comparedHash`, or a new hash if that one was made with outdated cost parameters. */
  currentHash: string
  /** The known browser whose count the attempt went to; null when it went to the account's count. */
  deviceId: string | null
  /** Set when this attempt was the last before the lock: `retractNotice` takes the notice back. */
  notice: LockNotice | null
}

/** One error for a wrong password, an unknown account and a locked one, so that an attacker cannot tell them apart. */
export const invalidCredentials = () =>
  new AppError('invalid-credentials', 'The name or the password is wrong, or the account is locked for now.')

async function newLockNotice(ctx: Ctx): Promise<LockNotice> {
  const link = await newTokenLink(ctx.env.STOREFRONT_URL, 'reset_password', ctx.now())
  return { outboxId: newId(), link, requestId: ctx.requestId }
}

/** Why a password was refused, for the log only; `wrong-password` means that the hash was compared. */
function reasonOf(row: AttemptRow | undefined): string {
  if (row === undefined) return 'unknown-account'
  if (row.was_locked) return 'locked'
  return row.password_hash === null ? 'no-password' : 'wrong-password'
}

/**
 * Counts the attempt and compares the password, in one round trip. An unknown or locked account takes as long as a
 * wrong password. Throws `invalid-credentials`, and `session-ended` when the member is given by id.
 */
export async function checkPassword(ctx: Ctx, key: MemberKey, password: string): Promise<CheckedPassword> {
  const notice = await newLockNotice(ctx)
  const { deviceId } = ctx.browser
  const attempt = () => countAttempt(ctx.db, key, { deviceId, now: ctx.now(), notice })
  const { rows } = 'memberId' in key ? await runStatementAsCaller(ctx, attempt) : await runStatement(attempt)
  const row = rows[0]
  const hash = row === undefined || row.was_locked ? null : row.password_hash
  const isRight = await verifyPassword(password, hash)
  if (row !== undefined && hash !== null && isRight) {
    return {
      member: toMember(row),
      comparedHash: hash,
      currentHash: needsRehash(hash) ? await hashPassword(password) : hash,
      deviceId: row.device_id,
      notice: row.locks ? notice : null,
    }
  }
  ctx.log.info('password-refused', {
    member_id: row?.id,
    reason: reasonOf(row),
    is_known_device: row !== undefined && row.device_id !== null,
  })
  if (row?.locks === true) {
    ctx.log.warn('account-locked', { member_id: row.id, is_known_device: row.device_id !== null })
    ctx.defer('enqueue-email', () => enqueueEmails(ctx, [notice.outboxId]))
  }
  throw invalidCredentials()
}

/**
 * The first statements of a batch that relies on a checked password: they reset the count of failed attempts and store
 * `newHash`. Raises `credentials_unchanged`, which `refusingStalePassword` translates.
 */
export const acceptStatements = (
  db: Db,
  { member, deviceId, comparedHash, currentHash, notice }: CheckedPassword,
  newHash: string = currentHash,
) =>
  [
    acceptPassword(db, { memberId: member.id, deviceId }, comparedHash, newHash),
    ...(notice === null ? [] : [retractNotice(db, notice)]),
  ] as const

/** Throws `invalid-credentials` when the password was changed between its comparison and the batch. */
export async function refusingStalePassword<T>(batch: Promise<T>): Promise<T> {
  try {
    return await batch
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'credentials_unchanged') throw invalidCredentials()
    throw error
  }
}
