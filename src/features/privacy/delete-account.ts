import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { checkPassword, invalidCredentials } from '../passwords/check-password.ts'
import { continueDeletion } from './continue-deletion.ts'
import { closeAccountStatements, type DeletionRow } from './queries/account-deletion.ts'
import { REQUEST_GRACE_MS } from './rules.ts'

/**
 * Deletes the caller's account: closes it at once, then erases as much as can be erased now. Answers whether everything
 * is done; if not, the sweep does the rest.
 * Throws `invalid-credentials` (which counts towards the lock), `session-ended`, `not-authenticated`.
 */
export async function deleteAccount(ctx: Ctx, { password }: { password: string }): Promise<{ done: boolean }> {
  const { memberId, sessionId } = requireMember(ctx.actor)
  const { comparedHash } = await checkPassword(ctx, { memberId }, password)
  const deletion = await closeAccount(ctx, { memberId, sessionId, comparedHash })
  ctx.log.info('account-closed', { member_id: memberId })
  return { done: deletion === undefined || (await continueDeletion(ctx, deletion)) }
}

/** Closes the account; undefined when another request has deleted it in the meantime. */
async function closeAccount(
  ctx: Ctx,
  who: { memberId: string; sessionId: string; comparedHash: string },
): Promise<DeletionRow | undefined> {
  const now = ctx.now()
  const nextAttemptAt = new Date(now.getTime() + REQUEST_GRACE_MS)
  try {
    const [{ rows }] = await runBatch(ctx.db, closeAccountStatements(ctx.db, { ...who, now, nextAttemptAt }))
    return rows[0]
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'credentials_unchanged') throw invalidCredentials()
    throw error
  }
}
