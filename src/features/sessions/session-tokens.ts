import type { Ctx } from '../../context.ts'
import { signAccessToken } from '../../shared/access-token.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'
import type { Member } from '../members/member.ts'
import type { NewSession } from './queries/session-rows.ts'
import { type RefreshClaims, refreshTokenFor } from './refresh-token.ts'
import { sessionExpiry } from './rules.ts'

export type SessionTokens = { accessToken: string; refreshToken: string }

/** A member who has just signed in or refreshed, with their tokens. */
export type SignedIn = {
  member: Member
  tokens: SessionTokens
  /** The id to remember the browser by; null for a client without cookies, and after a refresh. */
  deviceId: string | null
}

/** The access token and the refresh token for this generation of a session. */
export async function issueTokens(ctx: Ctx, memberId: string, claims: RefreshClaims): Promise<SessionTokens> {
  const { SESSION_KEYS, PUBLIC_API_URL } = ctx.env
  const access = { memberId, sessionId: claims.sessionId }
  return {
    accessToken: await signAccessToken(SESSION_KEYS, PUBLIC_API_URL, access, ctx.now()),
    refreshToken: refreshTokenFor(ctx.env, claims),
  }
}

/** A new session for `insertSession` to write, and its first tokens. */
export async function newSession(
  ctx: Ctx,
  memberId: string,
  userAgent: string,
): Promise<{ session: NewSession; tokens: SessionTokens }> {
  const now = ctx.now()
  const id = newId()
  const tokens = await issueTokens(ctx, memberId, { sessionId: id, generation: 0 })
  const refreshHash = await sha256Hex(tokens.refreshToken)
  return { session: { id, memberId, refreshHash, userAgent, expiresAt: sessionExpiry(now), now }, tokens }
}
