import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { updatePreferences } from './queries/account.ts'
import type { Preferences } from './schemas.ts'

type Input = { newsletter: boolean | undefined; unsubscribedFromAll: boolean | undefined }

/** Changes the given preferences about marketing emails and answers all of them. Throws `session-ended`. */
export async function changeCommunicationPreferences(ctx: Ctx, input: Input): Promise<Preferences> {
  const { memberId } = requireMember(ctx.actor)
  const [row] = await runStatementAsCaller(ctx, () => updatePreferences(ctx.db, memberId, input, ctx.now()))
  if (row === undefined) throw new AppError('session-ended', 'This session has ended. Sign in again.')
  return row
}
