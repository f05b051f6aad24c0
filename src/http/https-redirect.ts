import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './app-env.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Sends plain HTTP to HTTPS, unless the API itself is configured to be plain or is asked on the loopback interface. */
export const httpsRedirect = createMiddleware<AppEnv>(async (c, next) => {
  const url = new URL(c.req.url)
  const isPlainByDesign = LOOPBACK.has(url.hostname) || c.get('ctx').env.PUBLIC_API_URL.startsWith('http:')
  if (url.protocol === 'https:' || isPlainByDesign) return next()
  url.protocol = 'https:'
  return c.redirect(url.href, 308)
})
