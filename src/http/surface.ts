import type { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'
import { assertPolicies } from './assert-policies.ts'
import { onError } from './problem.ts'
import { createRouter } from './router.ts'

/** What answers at some of the addresses: middleware that every request goes through, then the routes of features. */
export type Surface = OpenAPIHono<AppEnv>

/**
 * A surface of this middleware, in its order, and these features' routes. Both are given the surface, since some of them
 * look at all of its routes. Throws for a route without a policy.
 */
export function createSurface(
  middleware: (surface: Surface) => MiddlewareHandler<AppEnv>[],
  routers: (surface: Surface) => OpenAPIHono<AppEnv>[],
): Surface {
  const surface = createRouter()
  surface.onError(onError)
  surface.use(...middleware(surface))
  for (const router of routers(surface)) surface.route('/', router)
  assertPolicies(surface)
  return surface
}
