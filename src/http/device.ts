import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './app-env.ts'
import { readSignedCookie, type SignedCookie, writeSignedCookie } from './signed-cookie.ts'
import { UUID } from './visitor.ts'

/** As long as browsers keep a cookie at most. */
const DEVICE: SignedCookie = { name: 'mercat_device', purpose: 'device-cookie', maxAgeSeconds: 400 * 24 * 60 * 60 }

/** Knows a browser again on which somebody has signed in before; a forged or altered cookie counts as none. */
export const readDevice = createMiddleware<AppEnv>(async (c, next) => {
  const value = await readSignedCookie(c, DEVICE)
  const ctx = c.get('ctx')
  if (value !== undefined && UUID.test(value)) ctx.browser = { deviceId: value }
  await next()
})

/** The browser keeps its id after a sign-in: wrong passwords elsewhere do not lock its members out here. */
export const rememberDevice = (c: Context<AppEnv>, deviceId: string): Promise<void> =>
  writeSignedCookie(c, DEVICE, deviceId)
