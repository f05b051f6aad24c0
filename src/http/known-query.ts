import type { OpenAPIHono } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { z } from 'zod'
import { AppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { shownName } from './shown-name.ts'

/** Parameters that emails and advertisements append to links; they are ignored and not refused. */
const TRACKER = /^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|ttclid|mc_cid|mc_eid|em_cd|mb_cd|pr_cd)$/

/** The query parameters in each route's schema, by the route's method and pattern. */
function knownNames(app: OpenAPIHono<AppEnv>): Map<string, ReadonlySet<string>> {
  const names = new Map<string, ReadonlySet<string>>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { method, path, request } = definition.route
    const query = request?.query
    const known = query instanceof z.ZodObject ? Object.keys(query.shape) : []
    names.set(`${method.toUpperCase()} ${path.replaceAll(/\{(.+?)\}/g, ':$1')}`, new Set(known))
  }
  return names
}

/**
 * Refuses query parameters that are not in the route's schema, so that a misspelled filter is not silently ignored. Throws
 * `validation-failed`, naming each.
 */
export function knownQuery(app: OpenAPIHono<AppEnv>) {
  let namesByRoute: Map<string, ReadonlySet<string>> | undefined
  return createMiddleware<AppEnv>(async (c, next) => {
    if (!c.req.url.includes('?')) return next()
    // Built by the first request that needs it, since features are mounted after this middleware.
    namesByRoute ??= knownNames(app)
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const routes = matchedRoutes(c).filter((route) => route.method === method)
    const known = routes.map(({ path }) => namesByRoute?.get(`${method} ${path}`)).find((names) => names !== undefined)
    if (known === undefined) return next()
    const given = new Set(new URL(c.req.url).searchParams.keys())
    const unknown = [...given].filter((name) => !known.has(name) && !TRACKER.test(name))
    if (unknown.length === 0) return next()
    const allowed = known.size === 0 ? 'This call takes none.' : `This call takes ${[...known].join(', ')}.`
    throw new AppError('validation-failed', 'The request is not valid.', {
      errors: unknown.map((name) => ({
        field: shownName(name),
        code: 'unknown-field' as const,
        message: `Unknown parameter. ${allowed}`,
      })),
    })
  })
}
