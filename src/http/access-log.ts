import { createMiddleware } from 'hono/factory'
import { createLog } from '../shared/log.ts'
import type { AppEnv } from './app-env.ts'

const PATH_LENGTH = 300

/** One line a request. The path goes without its query string: order links carry a token there. */
export const accessLog = createMiddleware<AppEnv>(async (c, next) => {
  const start = Date.now()
  await next()
  createLog({ request_id: c.get('requestId'), handler: 'fetch' }).info('request', {
    method: c.req.method,
    path: c.req.path.slice(0, PATH_LENGTH),
    // None when the Worker is not configured.
    actor: c.get('ctx')?.actor.kind,
    status: c.res.status,
    ms: Date.now() - start,
  })
})
