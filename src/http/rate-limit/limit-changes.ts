import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { limitsOf, policyOf } from '../policy.ts'
import { enforce } from './enforce.ts'

/** Enforces the limits `changes-…` on every change whose policy names no limits of its own. */
export const limitChanges = createMiddleware<AppEnv>(async (c, next) => {
  const { general } = limitsOf(policyOf(c), c.req.method)
  const settle = general.length === 0 ? undefined : await enforce(c, general)
  await next()
  settle?.(c)
})
