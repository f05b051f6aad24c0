import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { isAppError } from '../../shared/errors.ts'
import { endMemberCheckouts } from '../checkout/end-member-checkouts.ts'
import { type DeletionRow, eraseAccountStatements, recordDeletionFailure } from './queries/account-deletion.ts'

/** What a deletion may have to wait for, by the assertion that fails. */
const WAITS_FOR: Partial<Record<string, string>> = {
  deletion_checkouts_settled: 'a payment that may still come',
  deletion_emails_settled: 'an email that is on its way',
  deletion_customer_known: 'a customer that was made at Stripe meanwhile',
}

/**
 * Continues the deletion of a closed account as far as it can: ends payment pages, deletes the customer at Stripe, then
 * erases everything here. Answers whether all is done. Never throws: it stores what failed, and the sweep tries again.
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

/** The code of an error; its message might name the person whose data is being erased. */
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
    await runStatement(() => recordDeletionFailure(ctx.db, memberId, { stripeDoneAt, lastError }))
  } catch (error) {
    ctx.log.error('account-deletion-not-noted', { member_id: memberId, error })
  }
}

/**
 * Deletes the customer at Stripe. A first checkout that failed may have made a customer whose id was never stored, so
 * without an id this repeats that request, which answers the same customer, or makes one to delete.
 */
async function deleteCustomer({ payments }: Ctx, memberId: string, known: string | null): Promise<void> {
  await payments.deleteCustomer(known ?? (await payments.createCustomer({ memberId, replaces: null })))
}
