import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './app-env.ts'
import { isHttps } from './cookie-name.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Redirects HTTP to HTTPS, unless `PUBLIC_API_URL` is plain HTTP or the request comes in on the loopback interface. */
export const httpsRedirect = createMiddleware<AppEnv>(async (c, next) => {
  if (isHttps(c) || c.get('ctx').env.PUBLIC_API_URL.startsWith('http:')) return next()
  const url = new URL(c.req.url)
  if (LOOPBACK.has(url.hostname)) return next()
  url.protocol = 'https:'
  return c.redirect(url.href, 308)
})
