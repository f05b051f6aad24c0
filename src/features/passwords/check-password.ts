import type { Ctx } from '../../context.ts'
import type { Db } from '../../db/client.ts'
import { ConstraintViolation, runStatement, runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import type { Member } from '../members/member.ts'
import { type Claimant, toMember } from '../members/queries.ts'
import { newTokenLink } from '../one-time-tokens/token-link.ts'
import { hashPassword, needsRehash, verifyPassword } from './password-hash.ts'
import { acceptPassword, type AttemptRow, countAttempt, type LockNotice, retractNotice } from './queries/credentials.ts'

/** A password that was right, and what the batch that relies on it has to write. */
export type CheckedPassword = {
  member: Member
  /** The hash that was compared; `acceptPassword` asserts that it still holds. */
  comparedHash: string
  /** The same, or one with the parameters of today. */
  currentHash: string
  /** The known browser that the attempt was counted for; null where it was counted for the account. */
  deviceId: string | null
  /** To be taken back by `retractNotice`: this attempt was the last before the lock. */
  notice: LockNotice | null
}

/** The same for a wrong password, an account that does not exist and one that is locked. */
export const invalidCredentials = () =>
  new AppError('invalid-credentials', 'Name and password do not belong together, or the account is locked for now.')

async function newLockNotice(ctx: Ctx): Promise<LockNotice> {
  const link = await newTokenLink(ctx.env.STOREFRONT_URL, 'reset_password', ctx.now())
  return { outboxId: newId(), link, requestId: ctx.requestId }
}

/** For operators only; `wrong-password` are the attempts that were compared. */
function reasonOf(row: AttemptRow | undefined): string {
  if (row === undefined) return 'unknown-account'
  if (row.was_locked) return 'locked'
  return row.password_hash === null ? 'no-password' : 'wrong-password'
}

/**
 * Counts the attempt and compares, in one round trip; the same work is done when there is nothing to compare with.
 * Throws `invalid-credentials`; for a member's own session also `session-ended`.
 */
export async function checkPassword(ctx: Ctx, claimant: Claimant, password: string): Promise<CheckedPassword> {
  const notice = await newLockNotice(ctx)
  const { deviceId } = ctx.browser
  const attempt = () => countAttempt(ctx.db, claimant, { deviceId, now: ctx.now(), notice })
  const { rows } = 'memberId' in claimant ? await runStatementAsCaller(ctx, attempt) : await runStatement(attempt)
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
 * What belongs into the batch that relies on a checked password, before all else: no failed attempts any more, and a
 * new hash if given. Raises `credentials_unchanged`, which `refusingStalePassword` translates.
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

/** The password was changed between the comparison and the batch: as if it had been wrong. Throws `invalid-credentials`. */
export async function refusingStalePassword<T>(batch: Promise<T>): Promise<T> {
  try {
    return await batch
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'credentials_unchanged') throw invalidCredentials()
    throw error
  }
}
