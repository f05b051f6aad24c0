import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { isAppError } from '../../shared/errors.ts'
import { endMemberCheckouts } from '../checkout/end-member-checkouts.ts'
import { type DeletionRow, eraseAccountStatements, noteDeletion } from './queries/account-deletion.ts'

/** What a deletion may have to wait for, by the assertion that says so. */
const WAITS_FOR: Partial<Record<string, string>> = {
  deletion_checkouts_settled: 'a payment that may still come',
  deletion_emails_settled: 'an email that is on its way',
  deletion_customer_known: 'a customer that was made at Stripe meanwhile',
}

/**
 * Takes the deletion of a closed account as far as it goes, from wherever it stands: payment pages end, the customer at
 * Stripe goes, then everything here. Answers whether all is done. Never throws: what failed is noted, and the sweep
 * tries again.
 */
export async function continueDeletion(ctx: Ctx, deletion: DeletionRow): Promise<boolean> {
  const { member_id: memberId, stripe_customer_id: customerId, stripe_done: stripeDone } = deletion
  let stripeDoneAt: Date | null = null
  try {
    await endMemberCheckouts(ctx, memberId)
    if (!stripeDone) await deleteCustomer(ctx, memberId, customerId)
    stripeDoneAt = ctx.now()
    await runBatch(ctx.db, eraseAccountStatements(ctx.db, deletion, ctx.now()))
    ctx.log.info('account-deleted', { member_id: memberId })
    return true
  } catch (error) {
    const waitsFor = error instanceof ConstraintViolation ? WAITS_FOR[error.constraint] : undefined
    if (waitsFor === undefined) ctx.log.error('account-deletion-failed', { member_id: memberId, error })
    else ctx.log.info('account-deletion-waits', { member_id: memberId, for: waitsFor })
    await note(ctx, memberId, { stripeDoneAt, lastError: waitsFor ?? codeOf(error) })
    return false
  }
}

/** Only a code: a message might name the very person who is to be forgotten. */
const codeOf = (error: unknown): string => {
  if (isAppError(error)) return error.code
  return error instanceof ConstraintViolation ? error.constraint : 'internal-error'
}

async function note(
  ctx: Ctx,
  memberId: string,
  { stripeDoneAt, lastError }: { stripeDoneAt: Date | null; lastError: string },
): Promise<void> {
  try {
    await runStatement(() => noteDeletion(ctx.db, memberId, { stripeDoneAt, lastError }))
  } catch (error) {
    ctx.log.error('account-deletion-not-noted', { member_id: memberId, error })
  }
}

/**
 * A first checkout that failed may have made a customer that nobody wrote down: the same request answers it again, or
 * makes one to delete.
 */
async function deleteCustomer({ payments }: Ctx, memberId: string, known: string | null): Promise<void> {
  await payments.deleteCustomer(known ?? (await payments.createCustomer({ memberId, replaces: null })))
}
