import { createMiddleware } from 'hono/factory'
import { createContext } from '../context.ts'
import type { AppEnv } from './app-env.ts'

/** Builds the context that every later step works with. A missing or malformed variable stops the request here. */
export const requestContext = createMiddleware<AppEnv>(async (c, next) => {
  c.set('ctx', createContext(c.env, c.executionCtx, { requestId: c.get('requestId'), door: 'fetch' }))
  await next()
})
