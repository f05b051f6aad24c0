import { type Ctx, memberIdOf } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { selectPreferences } from './queries/account.ts'
import type { Preferences } from './schemas.ts'

/** Which marketing emails the caller wants. Throws `not-authenticated`, `session-ended`. */
export async function getCommunicationPreferences(ctx: Ctx): Promise<Preferences> {
  const [row] = await runStatementAsCaller(ctx, () => selectPreferences(ctx.db, memberIdOf(ctx.actor)))
  if (row === undefined) throw new AppError('session-ended', 'This session has been ended. Sign in again.')
  return row
}
