import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { limitsOf, policyOf } from '../policy.ts'
import { enforce } from './enforce.ts'

/** The limits of every change whose policy names none of its own. */
export const limitChanges = createMiddleware<AppEnv>(async (c, next) => {
  const { general } = limitsOf(policyOf(c), c.req.method)
  const settle = general.length === 0 ? undefined : await enforce(c, general)
  await next()
  settle?.(c)
})
