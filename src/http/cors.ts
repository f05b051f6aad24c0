import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './app-env.ts'

const forStorefronts = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'Accept-Language',
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'X-CSRF-Token',
    'X-Request-ID',
  ],
  exposeHeaders: [
    'ETag',
    'Idempotent-Replayed',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'X-Request-ID',
  ],
  maxAge: 7_200,
})

/** Lets the origins of `CORS_ORIGINS`, compared exactly, read answers with credentials; others get no CORS header. */
export const corsPolicy = createMiddleware<AppEnv>(async (c, next) => {
  const origin = c.req.header('Origin')
  const isPreflight = c.req.method === 'OPTIONS' && c.req.header('Access-Control-Request-Method') !== undefined
  if (origin !== undefined && c.get('ctx').env.CORS_ORIGINS.includes(origin)) {
    if (isPreflight || c.req.method !== 'OPTIONS') return forStorefronts(c, next)
  }
  if (isPreflight) return c.body(null, 204, { Vary: 'Origin' })
  await next()
  // `c.header` would copy the whole response.
  c.res.headers.append('Vary', 'Origin')
  return undefined
})
