import type { Hono } from 'hono'
import type { AppEnv } from './app-env.ts'
import { needsCsrf, policyOfHandler } from './policy.ts'

const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`

/** Middleware is registered for all methods and every path. */
const isMiddleware = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'ALL' && /^\/?\*$/.test(path)

/**
 * Throws for a route whose first handler enforces no policy, and for a change whose policy asks for a CSRF token on a
 * surface that does not check it. So such a surface cannot be built.
 */
export function assertPolicies(
  { routes }: Pick<Hono<AppEnv>, 'routes'>,
  { checksCsrf }: { checksCsrf: boolean },
): void {
  const first = new Map<string, (typeof routes)[number]>()
  for (const route of routes) if (!isMiddleware(route) && !first.has(nameOf(route))) first.set(nameOf(route), route)
  const bare: string[] = []
  const unprotected: string[] = []
  for (const [name, { method, handler }] of first) {
    const policy = policyOfHandler(handler)
    if (policy === undefined) bare.push(name)
    else if (!checksCsrf && needsCsrf(policy, method)) unprotected.push(name)
  }
  if (bare.length > 0) throw new Error(`routes without a policy: ${bare.join(', ')}`)
  if (unprotected.length > 0) throw new Error(`nothing here checks the CSRF token of ${unprotected.join(', ')}`)
}
