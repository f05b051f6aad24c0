import type { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'
import { assertPolicies } from './assert-policies.ts'
import { csrfProtection } from './csrf.ts'
import { onError } from './problem.ts'
import { createRouter } from './router.ts'

/** What answers at some of the addresses: middleware that every request goes through, then the routes of features. */
export type Surface = OpenAPIHono<AppEnv>

/**
 * A surface of this middleware, in its order, and these features' routes. The middleware is given the surface, since some
 * of it looks at all routes. Throws for a route without a policy, and for one whose policy nothing here enforces.
 */
export function createSurface(
  middleware: (surface: Surface) => MiddlewareHandler<AppEnv>[],
  routers: OpenAPIHono<AppEnv>[],
): Surface {
  const surface = createRouter()
  surface.onError(onError)
  const inOrder = middleware(surface)
  surface.use(...inOrder)
  for (const router of routers) surface.route('/', router)
  assertPolicies(surface, { checksCsrf: inOrder.includes(csrfProtection) })
  return surface
}
