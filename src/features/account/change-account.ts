import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatchAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { type AccountWithEtag, toAccountWithEtag } from './get-account.ts'
import { changeAccountStatements } from './queries/account.ts'
import { readIfMatch } from './rules.ts'

type Input = {
  firstName: string | undefined
  lastName: string | undefined
  useDefaultShippingAndPayment: boolean | undefined
  ifMatch: string | undefined
}

const changedMeanwhile = (cause?: unknown) =>
  new AppError('precondition-failed', 'The account has changed since it was read. Read it again.', { cause })

/**
 * Changes the given fields of the caller's account and answers the changed account.
 * Throws `precondition-failed` when `ifMatch` does not name the account's present ETag.
 */
export async function changeAccount(ctx: Ctx, { ifMatch, ...change }: Input): Promise<AccountWithEtag> {
  const { memberId } = requireMember(ctx.actor)
  const etags = readIfMatch(ifMatch)
  if (etags?.length === 0) throw changedMeanwhile()
  const statements = changeAccountStatements(ctx.db, memberId, change, etags, ctx.now())
  try {
    // A conditional change is not repeated after a lost answer: the repetition would fail on the change it made itself.
    const options = { onLostAnswer: etags === null ? 'retry' : 'fail' } as const
    const [, , , { rows }] = await runBatchAsCaller(ctx, statements, options)
    return toAccountWithEtag(rows[0])
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'account_unchanged') throw changedMeanwhile(error)
    throw error
  }
}
