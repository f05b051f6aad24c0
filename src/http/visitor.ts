import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { requireShopper } from '../actor.ts'
import { newId } from '../shared/ids.ts'
import type { AppEnv } from './app-env.ts'
import { readSignedCookie, type SignedCookie, writeSignedCookie } from './signed-cookie.ts'

export const VISITOR_COOKIE = 'mercat_visitor'
const VISITOR: SignedCookie = { name: VISITOR_COOKIE, purpose: 'visitor-cookie', maxAgeSeconds: 90 * 24 * 60 * 60 }
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Recognises an anonymous visitor by the signed cookie; a forged one counts as none. */
export const readVisitor = createMiddleware<AppEnv>(async (c, next) => {
  const value = await readSignedCookie(c, VISITOR)
  const ctx = c.get('ctx')
  if (value !== undefined && UUID.test(value)) ctx.actor = { ...requireShopper(ctx.actor), visitorId: value }
  await next()
})

/** The visitor's id; a new visitor gets an id and its cookie. */
export async function ensureVisitor(c: Context<AppEnv>): Promise<string> {
  const ctx = c.get('ctx')
  const shopper = requireShopper(ctx.actor)
  if (shopper.visitorId !== null) return shopper.visitorId
  const id = newId()
  await writeSignedCookie(c, VISITOR, id)
  ctx.actor = { ...shopper, visitorId: id }
  return id
}
