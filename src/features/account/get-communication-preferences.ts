import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { selectPreferences } from './queries/account.ts'
import type { Preferences } from './schemas.ts'

/** Which marketing emails the caller wants. Throws `not-authenticated`, `session-ended`. */
export async function getCommunicationPreferences(ctx: Ctx): Promise<Preferences> {
  const { memberId } = requireMember(ctx.actor)
  const [row] = await runStatementAsCaller(ctx, () => selectPreferences(ctx.db, memberId))
  if (row === undefined) throw new AppError('session-ended', 'This session has ended. Sign in again.')
  return row
}
