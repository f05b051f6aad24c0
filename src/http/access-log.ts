import { createMiddleware } from 'hono/factory'
import { createLog } from '../shared/log.ts'
import type { AppEnv } from './app-env.ts'

const PATH_LENGTH = 300

/** Logs one line for each request, without the query string, in which order links carry a token. */
export const accessLog = createMiddleware<AppEnv>(async (c, next) => {
  const start = Date.now()
  await next()
  createLog({ request_id: c.get('requestId'), handler: 'fetch' }).info('request', {
    method: c.req.method,
    path: c.req.path.slice(0, PATH_LENGTH),
    // There is no context when the Worker is misconfigured.
    actor: c.get('ctx')?.actor.kind,
    status: c.res.status,
    ms: Date.now() - start,
  })
})
