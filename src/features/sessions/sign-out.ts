import { requireMember, requireShopper } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller, runStatement } from '../../db/transaction.ts'
import { endSession, endSessionsOf } from './queries/session-rows.ts'
import { readRefreshToken } from './refresh-token.ts'

/** Ends the session of the caller's access token, else that of the refresh token; without either it does nothing. */
export async function signOut(ctx: Ctx, refreshToken: string | undefined): Promise<void> {
  const shopper = requireShopper(ctx.actor)
  const claims = refreshToken === undefined ? undefined : readRefreshToken(ctx.env, refreshToken)
  const sessionId = shopper.kind === 'member' ? shopper.sessionId : claims?.sessionId
  if (sessionId !== undefined) await runStatement(() => endSession(ctx.db, sessionId, ctx.now()))
}

/** Ends every session of the caller. Throws `session-ended` when the caller's own has ended before. */
export async function signOutEverywhere(ctx: Ctx): Promise<void> {
  const { memberId } = requireMember(ctx.actor)
  await runBatchAsCaller(ctx, [endSessionsOf(ctx.db, memberId, ctx.now())])
}
