import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { isAppError } from '../../shared/errors.ts'
import { eraseGuestStatements } from './queries/guest.ts'
import { claimDueErasures, recordErasureFailure } from './queries/requests.ts'

const BATCH = 20

/** What an erasure may have to wait for, by the assertion that fails. */
const WAITS_FOR: Partial<Record<string, string>> = {
  erasure_checkouts_settled: 'a payment that may still come',
  erasure_emails_settled: 'an email that is on its way',
}

type Erasure = { id: string; email: string }

/**
 * Erases everything under a verified address, unless a payment or an email is still on its way. Answers whether it is
 * done. Never throws: it stores what failed, and the sweep tries again.
 */
export async function continueErasure(ctx: Ctx, erasure: Erasure): Promise<boolean> {
  const { id } = erasure
  try {
    await runBatch(ctx.db, eraseGuestStatements(ctx.db, erasure, ctx.now()))
    ctx.log.info('guest-erased', { privacy_request_id: id })
    return true
  } catch (error) {
    const waitsFor = error instanceof ConstraintViolation ? WAITS_FOR[error.constraint] : undefined
    if (waitsFor === undefined) ctx.log.error('guest-erasure-failed', { privacy_request_id: id, error })
    else ctx.log.info('guest-erasure-waits', { privacy_request_id: id, for: waitsFor })
    await runStatement(() => recordErasureFailure(ctx.db, id, waitsFor ?? codeOf(error))).catch((cause: unknown) =>
      ctx.log.error('guest-erasure-not-noted', { privacy_request_id: id, error: cause }),
    )
    return false
  }
}

/** The code of an error; its message might name the person whose data is being erased. */
const codeOf = (error: unknown): string => {
  if (isAppError(error)) return error.code
  return error instanceof ConstraintViolation ? error.constraint : 'internal-error'
}

/** Continues erasures that are not done yet, a bounded number of them. Safe to run twice at once. */
export async function sweepErasures(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const { rows } = await runStatement(() => claimDueErasures(ctx.db, ctx.now(), BATCH))
  for (const row of rows) await continueErasure(ctx, row)
}
