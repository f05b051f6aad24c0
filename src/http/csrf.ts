import { createHmac, randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { NOBODY, shopperIds } from '../actor.ts'
import { AppError } from '../shared/errors.ts'
import { isOrigin } from '../shared/is-origin.ts'
import { isSame } from '../shared/is-same.ts'
import { type SigningKeys, signingKeys } from '../shared/signing-keys.ts'
import type { AppEnv } from './app-env.ts'
import { bearerOf } from './bearer.ts'
import { cookieName, isHttps } from './cookie-name.ts'
import { isSafeMethod } from './methods.ts'
import { needsCsrf, policyOf } from './policy.ts'
import { hasSessionCookies } from './session.ts'
import { VISITOR_COOKIE, ensureVisitor } from './visitor.ts'

const COOKIE = 'csrf_token'
const HEADER = 'X-CSRF-Token'

const signature = (key: string, visitorId: string, nonce: string): string =>
  createHmac('sha256', key).update(`csrf:${visitorId}:${nonce}`).digest('base64url')

function isOwnToken(keys: SigningKeys, visitorId: string, token: string): boolean {
  const [nonce = '', given = ''] = token.split('.')
  return isSame(token, `${nonce}.${given}`) && keys.some((key) => isSame(given, signature(key, visitorId, nonce)))
}

/**
 * Answers the visitor's CSRF token, which the page repeats in `X-CSRF-Token`, and sets its cookie. A signature binds the
 * token to the visitor, so a cookie set by a sibling domain is useless. A valid token is kept, so that two tabs do not
 * invalidate each other's.
 */
export async function issueCsrfToken(c: Context<AppEnv>): Promise<string> {
  const keys = signingKeys(c.get('ctx').env, 'csrf-token')
  const visitorId = await ensureVisitor(c)
  const current = getCookie(c, cookieName(c, COOKIE))
  if (current !== undefined && isOwnToken(keys, visitorId, current)) return current
  const nonce = randomBytes(18).toString('base64url')
  const token = `${nonce}.${signature(keys[0], visitorId, nonce)}`
  setCookie(c, cookieName(c, COOKIE), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(c),
  })
  return token
}

// Another site cannot make a browser send `Authorization`, and without cookies there is nothing for it to abuse.
const isBearerOnly = (c: Context<AppEnv>): boolean =>
  bearerOf(c).kind === 'token' &&
  getCookie(c, cookieName(c, VISITOR_COOKIE)) === undefined &&
  getCookie(c, cookieName(c, COOKIE)) === undefined &&
  !hasSessionCookies(c)

function assertOrigin(c: Context<AppEnv>): void {
  const { PUBLIC_API_URL, CORS_ORIGINS } = c.get('ctx').env
  const origin = c.req.header('Origin')
  const isKnown =
    origin === undefined
      ? c.req.header('Sec-Fetch-Site') !== 'cross-site'
      : [new URL(c.req.url).origin, new URL(PUBLIC_API_URL).origin, ...CORS_ORIGINS].includes(origin)
  if (isKnown) return
  // An answer does not repeat text of the caller's unless it has the form of an origin.
  const named =
    origin !== undefined && isOrigin(origin) ? `Requests from the origin "${origin}"` : 'Requests from another site'
  throw new AppError('origin-not-allowed', `${named} are not accepted: it is not one of CORS_ORIGINS.`)
}

/** Whether `given` equals the token in the caller's cookie, and that token was issued to this visitor. */
export function isCsrfToken(c: Context<AppEnv>, given: string): boolean {
  const { env, actor } = c.get('ctx')
  const { visitorId } = shopperIds(actor)
  const cookie = getCookie(c, cookieName(c, COOKIE)) ?? ''
  return visitorId !== null && isSame(cookie, given) && isOwnToken(signingKeys(env, 'csrf-token'), visitorId, cookie)
}

function assertToken(c: Context<AppEnv>): void {
  if (!isCsrfToken(c, c.req.header(HEADER) ?? ''))
    throw new AppError('csrf-failed', `Ask GET /v1/auth/csrf for a token and send it in ${HEADER}, with the cookies.`)
}

/**
 * Every request that may change something must show that a page of ours made it: by its origin, and by repeating the
 * token in a header, or in a field of a form, which the form's route checks. Throws `origin-not-allowed`, `csrf-failed`.
 */
export const csrfProtection = createMiddleware<AppEnv>(async (c, next) => {
  const policy = policyOf(c)
  if (needsCsrf(policy, c.req.method)) {
    if (!isBearerOnly(c)) {
      assertOrigin(c)
      if (policy.csrf !== 'form') assertToken(c)
    }
  } else if (!isSafeMethod(c.req.method)) {
    // Any page may have sent this request, so it must not act for the owner of the cookies.
    c.get('ctx').actor = NOBODY
  }
  await next()
})
