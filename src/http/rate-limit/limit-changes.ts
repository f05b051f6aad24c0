import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { isSafeMethod, UNSUBSCRIBE_PATH } from '../paths.ts'
import { enforce } from './enforce.ts'
import { PATHS_WITH_OWN_LIMIT } from './policies.ts'

/**
 * The limits of "other state-changing calls": everything that changes something and has no limit of its own. The one
 * click that unsubscribes is never refused: after a campaign a mail provider's few addresses send thousands of them,
 * each with a signed token, and one without costs nothing.
 */
export const limitChanges = createMiddleware<AppEnv>(async (c, next) => {
  const { method, path } = c.req
  const isOther = !isSafeMethod(method) && !PATHS_WITH_OWN_LIMIT.has(path) && path !== UNSUBSCRIBE_PATH
  if (isOther) await enforce(c, ['changes-visitor', 'changes-member', 'changes-address'])
  await next()
})
