import type { Context } from 'hono'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { newId } from '../shared/ids.ts'
import type { AppEnv } from './app-env.ts'
import { cookieName, isHttps } from './cookie-name.ts'

export const VISITOR_COOKIE = 'mercat_visitor'
const MAX_AGE_SECONDS = 90 * 24 * 60 * 60
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Knows an anonymous visitor again by the signed cookie; a forged or altered one counts as none. */
export const readVisitor = createMiddleware<AppEnv>(async (c, next) => {
  const ctx = c.get('ctx')
  const value = await getSignedCookie(c, ctx.env.SIGNING_SECRET, cookieName(c, VISITOR_COOKIE))
  if (typeof value === 'string' && UUID.test(value)) ctx.actor = { ...ctx.actor, visitorId: value }
  await next()
})

/** The visitor's id; a first-time visitor is given one, and its cookie. */
export async function ensureVisitor(c: Context<AppEnv>): Promise<string> {
  const ctx = c.get('ctx')
  if (ctx.actor.visitorId !== null) return ctx.actor.visitorId
  const id = newId()
  await setSignedCookie(c, cookieName(c, VISITOR_COOKIE), id, ctx.env.SIGNING_SECRET, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(c),
    maxAge: MAX_AGE_SECONDS,
  })
  ctx.actor = { ...ctx.actor, visitorId: id }
  return id
}
