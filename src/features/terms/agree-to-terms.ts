import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatchAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { toAgreement } from './get-terms-agreement.ts'
import { agreeStatements } from './queries.ts'
import type { Agreement } from './schemas.ts'

/** The error for a version that is not the current one. */
export const versionUnknown = (cause?: unknown): AppError =>
  new AppError('terms-version-unknown', 'This is not the current version of the terms. Read them again.', { cause })

/**
 * Records that the caller agrees to the current terms of use; agreeing again changes nothing. Throws
 * `terms-version-unknown`, `session-ended`, and `not-found` while the shop has none.
 */
export async function agreeToTerms(ctx: Ctx, version: string): Promise<Agreement> {
  const { memberId } = requireMember(ctx.actor)
  try {
    const statements = agreeStatements(ctx.db, memberId, version, ctx.now())
    const [, , { rows }] = await runBatchAsCaller(ctx, statements)
    return toAgreement(rows[0])
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'terms_version_current')
      throw versionUnknown(error)
    throw error
  }
}
