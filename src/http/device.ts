import type { Context } from 'hono'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './app-env.ts'
import { cookieName, isHttps } from './cookie-name.ts'
import { UUID } from './visitor.ts'

const DEVICE = 'mercat_device'
/** As long as browsers keep a cookie at most. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60

/** Knows a browser again on which somebody has signed in before; a forged or altered cookie counts as none. */
export const readDevice = createMiddleware<AppEnv>(async (c, next) => {
  const ctx = c.get('ctx')
  const value = await getSignedCookie(c, ctx.env.SIGNING_SECRET, cookieName(c, DEVICE))
  if (typeof value === 'string' && UUID.test(value)) ctx.actor = { ...ctx.actor, deviceId: value }
  await next()
})

/** The browser keeps its id after a sign-in: wrong passwords elsewhere do not lock its members out here. */
export async function rememberDevice(c: Context<AppEnv>, deviceId: string): Promise<void> {
  await setSignedCookie(c, cookieName(c, DEVICE), deviceId, c.get('ctx').env.SIGNING_SECRET, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(c),
    maxAge: MAX_AGE_SECONDS,
  })
}
