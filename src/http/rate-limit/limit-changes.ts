import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { isSafeMethod } from '../paths.ts'
import { enforce } from './enforce.ts'
import { PATHS_WITH_OWN_LIMIT } from './policies.ts'

/** The limits of "other state-changing calls": everything that changes something and has no limit of its own. */
export const limitChanges = createMiddleware<AppEnv>(async (c, next) => {
  const isOther = !isSafeMethod(c.req.method) && !PATHS_WITH_OWN_LIMIT.has(c.req.path)
  if (isOther) await enforce(c, ['changes-visitor', 'changes-member', 'changes-address'])
  await next()
})
