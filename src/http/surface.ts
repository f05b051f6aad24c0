import type { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'
import { assertPolicies } from './assert-policies.ts'
import { csrfProtection } from './csrf.ts'
import { onError } from './problem.ts'
import { createRouter } from './router.ts'

/** A part of the API with its own middleware: every request passes the middleware, then the routes of its features. */
export type Surface = OpenAPIHono<AppEnv>

/**
 * Makes a surface from its middleware, in order, and its features' routes. `middleware` gets the surface, since some of it
 * reads all routes. Throws for a route without a policy, and for a policy that this surface does not enforce.
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
