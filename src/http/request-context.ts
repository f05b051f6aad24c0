import { createMiddleware } from 'hono/factory'
import { NOBODY } from '../actor.ts'
import { createContext } from '../context.ts'
import { runUntil } from '../shared/deadline.ts'
import type { AppEnv } from './app-env.ts'
import { isSafeMethod } from './methods.ts'

/**
 * Builds the request's `Ctx` and sets its deadline. Throws `misconfigured` when a variable is missing or malformed.
 */
export const requestContext = createMiddleware<AppEnv>(async (c, next) => {
  const given = { requestId: c.get('requestId'), handler: 'fetch', actor: NOBODY } as const
  const ctx = createContext(c.env, c.executionCtx, given)
  c.set('ctx', ctx)
  const endsAt = Date.now() + ctx.env.REQUEST_TIMEOUT_MS
  await runUntil({ endsAt, repeatsAfterTimeout: !isSafeMethod(c.req.method) }, next)
})
