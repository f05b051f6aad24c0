import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatchAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { type TaggedAccount, toTaggedAccount } from './get-account.ts'
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
 * Changes what is given of the caller's account and answers it as it is then.
 * Throws `precondition-failed` when the account is none of those that `ifMatch` names.
 */
export async function changeAccount(ctx: Ctx, { ifMatch, ...change }: Input): Promise<TaggedAccount> {
  const { memberId } = requireMember(ctx.actor)
  const etags = readIfMatch(ifMatch)
  if (etags?.length === 0) throw changedMeanwhile()
  const statements = changeAccountStatements(ctx.db, memberId, change, etags, ctx.now())
  try {
    // With a condition the change is not made again when its answer was lost: it would meet its own new state.
    const options = { onLostAnswer: etags === null ? 'retry' : 'fail' } as const
    const [, , , { rows }] = await runBatchAsCaller(ctx, statements, options)
    return toTaggedAccount(rows[0])
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'account_unchanged') throw changedMeanwhile(error)
    throw error
  }
}
