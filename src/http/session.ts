import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { shopperIds } from '../actor.ts'
import type { Ctx } from '../context.ts'
import { ACCESS_TOKEN_SECONDS, type AccessClaims, verifyAccessToken } from '../shared/access-token.ts'
import { AppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { bearerOf } from './bearer.ts'
import { cookieName, isHttps } from './cookie-name.ts'
import { policyOf } from './policy.ts'

const ACCESS = 'mercat_access'
const REFRESH = 'mercat_refresh'

export const REFRESH_TOKEN_SECONDS = 7 * 24 * 60 * 60

export const refreshTokenOf = (c: Context<AppEnv>): string | undefined => getCookie(c, cookieName(c, REFRESH))

/** Whether the request has cookies of a session, valid or not. */
export const hasSessionCookies = (c: Context<AppEnv>): boolean =>
  [ACCESS, REFRESH].some((name) => getCookie(c, cookieName(c, name)) !== undefined)

/** Makes this member the actor of the request; keeps the visitor's id, by which earlier checkouts are found. */
export function becomeMember(ctx: Ctx, claims: AccessClaims): void {
  ctx.actor = { kind: 'member', ...claims, visitorId: shopperIds(ctx.actor).visitorId }
}

/**
 * Identifies a member by the access token, in the cookie or as a Bearer, without a round trip. An invalid cookie counts as
 * none; an invalid Bearer is refused, unless the route's policy ignores it. Throws `not-authenticated`.
 */
export const readSession = createMiddleware<AppEnv>(async (c, next) => {
  const ctx = c.get('ctx')
  const bearer = bearerOf(c)
  const isLenient = policyOf(c).invalidToken === 'ignored'
  if (bearer.kind === 'malformed' && !isLenient)
    throw new AppError('not-authenticated', 'Authorization must be "Bearer", a space and an access token.')
  const token = bearer.kind === 'token' ? bearer.token : getCookie(c, cookieName(c, ACCESS))
  if (token !== undefined) {
    const { SESSION_KEYS, PUBLIC_API_URL } = ctx.env
    const claims = await verifyAccessToken(SESSION_KEYS, PUBLIC_API_URL, token, ctx.now())
    if (claims !== undefined) becomeMember(ctx, claims)
    else if (bearer.kind === 'token' && !isLenient)
      throw new AppError('not-authenticated', 'The access token is not valid, or no longer.')
  }
  await next()
})

/**
 * Refuses a member whose access token has run out, rather than take them for a visitor. Throws `access-token-expired`,
 * upon which the client refreshes and asks again.
 */
export function refuseStaleSession(c: Context<AppEnv>): void {
  if (c.get('ctx').actor.kind !== 'member' && refreshTokenOf(c) !== undefined) {
    throw new AppError(
      'access-token-expired',
      'The access token has expired: call POST /v1/auth/refresh and try again.',
    )
  }
}

export type SessionTokens = { accessToken: string; refreshToken: string }

/** Sets both tokens as cookies that no script can read. */
export function setSessionCookies(c: Context<AppEnv>, { accessToken, refreshToken }: SessionTokens): void {
  const options = { path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(c) } as const
  setCookie(c, cookieName(c, ACCESS), accessToken, { ...options, maxAge: ACCESS_TOKEN_SECONDS })
  setCookie(c, cookieName(c, REFRESH), refreshToken, { ...options, maxAge: REFRESH_TOKEN_SECONDS })
}

export function clearSessionCookies(c: Context<AppEnv>): void {
  for (const name of [ACCESS, REFRESH]) deleteCookie(c, cookieName(c, name), { path: '/', secure: isHttps(c) })
}
