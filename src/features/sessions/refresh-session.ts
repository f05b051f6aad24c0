import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import { toMember } from '../members/queries.ts'
import { rotateSession } from './queries/session-rows.ts'
import { readRefreshToken, refreshTokenFor } from './refresh-token.ts'
import { graceStart, sessionExpiry } from './rules.ts'
import { issueTokens, type SignedIn } from './session-tokens.ts'

const sessionEnded = () => new AppError('session-ended', 'This session has ended. Sign in again.')

/**
 * Exchanges a refresh token for new tokens, which spends it; within a short grace the same token gets the same successor
 * again. A token used after the grace has been copied, so its session ends at once. One round trip.
 * Throws `not-authenticated` without a token, `session-ended` for one that is not valid, or no longer.
 */
export async function refreshSession(ctx: Ctx, token: string | undefined): Promise<SignedIn> {
  if (token === undefined) throw new AppError('not-authenticated', 'There is no session to refresh. Sign in.')
  const claims = readRefreshToken(ctx.env, token)
  if (claims === undefined) throw sessionEnded()
  const { sessionId, generation } = claims
  const successor = { sessionId, generation: generation + 1 }
  const now = ctx.now()
  const rotation = {
    sessionId,
    generation,
    refreshHash: await sha256Hex(token),
    successorHash: await sha256Hex(refreshTokenFor(ctx.env, successor)),
    now,
    graceStart: graceStart(now),
    expiresAt: sessionExpiry(now),
  }
  const { rows } = await runStatement(() => rotateSession(ctx.db, rotation))
  const row = rows[0]
  if (row === undefined) throw sessionEnded()
  if (row.reused) {
    ctx.log.warn('refresh-token-reused', { member_id: row.id, session_id: sessionId })
    throw sessionEnded()
  }
  return { member: toMember(row), tokens: await issueTokens(ctx, row.id, successor), deviceId: null }
}
