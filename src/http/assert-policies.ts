import type { Hono } from 'hono'
import type { AppEnv } from './app-env.ts'
import { policyOfHandler } from './policy.ts'

const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`

/** Throws for routes that have no policy, so that a Worker with one does not start. */
export function assertPolicies({ routes }: Pick<Hono<AppEnv>, 'routes'>): void {
  // What is registered for all methods is middleware.
  const handlers = routes.filter(({ method }) => method !== 'ALL')
  const known = new Set(handlers.filter(({ handler }) => policyOfHandler(handler) !== undefined).map(nameOf))
  const bare = new Set(handlers.map(nameOf).filter((name) => !known.has(name)))
  if (bare.size > 0) throw new Error(`routes without a policy: ${[...bare].join(', ')}`)
}
