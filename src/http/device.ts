import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './app-env.ts'
import { readSignedCookie, type SignedCookie, writeSignedCookie } from './signed-cookie.ts'
import { UUID } from './visitor.ts'

/** 400 days is the longest that browsers keep a cookie. */
const DEVICE: SignedCookie = { name: 'mercat_device', purpose: 'device-cookie', maxAgeSeconds: 400 * 24 * 60 * 60 }

/** Recognises a browser on which somebody has signed in before; a forged cookie counts as none. */
export const readDevice = createMiddleware<AppEnv>(async (c, next) => {
  const value = await readSignedCookie(c, DEVICE)
  const ctx = c.get('ctx')
  if (value !== undefined && UUID.test(value)) ctx.browser = { deviceId: value }
  await next()
})

/** Gives the browser its id after a sign-in, so that wrong passwords elsewhere do not lock its members out here. */
export const rememberDevice = (c: Context<AppEnv>, deviceId: string): Promise<void> =>
  writeSignedCookie(c, DEVICE, deviceId)
