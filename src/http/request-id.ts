import { createMiddleware } from 'hono/factory'
import { newId } from '../shared/ids.ts'
import type { AppEnv } from './app-env.ts'

const WELL_FORMED = /^[A-Za-z0-9._-]{8,128}$/

/** Uses the caller's `X-Request-ID` if it is well-formed, else a new one, and sends it with the answer. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header('X-Request-ID')
  const id = given !== undefined && WELL_FORMED.test(given) ? given : newId()
  c.set('requestId', id)
  await next()
  c.res.headers.set('X-Request-ID', id)
})
