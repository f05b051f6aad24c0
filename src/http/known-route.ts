import type { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { TrieRouter } from 'hono/router/trie-router'
import { AppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { type Policy, policyOfHandler } from './policy.ts'

type Known = { method: string; policy: Policy | undefined }

function methodsByPath(app: Hono<AppEnv>): TrieRouter<Known> {
  const router = new TrieRouter<Known>()
  const seen = new Set<string>()
  for (const { method, path, handler } of app.routes) {
    // Middleware is registered for all methods; it is not a route.
    if (method === 'ALL' || seen.has(`${method} ${path}`)) continue
    seen.add(`${method} ${path}`)
    const policy = policyOfHandler(handler)
    router.add('ALL', path, { method, policy })
    if (method === 'GET') router.add('ALL', path, { method: 'HEAD', policy })
  }
  return router
}

/**
 * Refuses paths and methods without a route, before a body is read or a token is checked, and answers OPTIONS.
 * Throws `not-found`, and `method-not-allowed` with the `Allow` header set.
 */
export function knownRoute(app: Hono<AppEnv>) {
  let router: TrieRouter<Known> | undefined
  return createMiddleware<AppEnv>(async (c, next) => {
    // The router has matched a handler for this method, so the route exists.
    if (matchedRoutes(c).some(({ method }) => method !== 'ALL' && method === c.req.method)) return next()
    // Built by the first request that needs it, since features are mounted after this middleware.
    router ??= methodsByPath(app)
    const known = router.match('ALL', c.req.path)[0].map(([route]) => route)
    const methods = new Set(known.map(({ method }) => method))
    if (methods.size === 0) throw new AppError('not-found', 'There is no such path.')
    if (methods.has(c.req.method)) return next()
    const allow = [...methods, 'OPTIONS'].join(', ')
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow })
    c.header('Allow', allow)
    // With the policy of a page, the refusal is shown as a page.
    c.set('policy', known[0]?.policy)
    throw new AppError('method-not-allowed', `This address answers ${allow}.`)
  })
}
