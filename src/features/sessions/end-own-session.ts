import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { endSessionOf } from './queries/session-rows.ts'

/**
 * Ends one of the caller's sessions and answers whether it is the one that this request was made with. Throws
 * `not-found` for a session that has ended or is another member's, `session-ended`.
 */
export async function endOwnSession(ctx: Ctx, id: string): Promise<boolean> {
  const { memberId, sessionId } = requireMember(ctx.actor)
  const [ended] = await runBatchAsCaller(ctx, [endSessionOf(ctx.db, memberId, id, ctx.now())], { onLostAnswer: 'fail' })
  if (ended.length === 0) throw new AppError('not-found', 'You have no such session.')
  return id === sessionId
}
