import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { requireMember } from '../actor.ts'
import { AppError } from '../shared/errors.ts'
import type { AppEnv } from './app-env.ts'
import { type Access, keepPolicy, limitsOf, type Policy } from './policy.ts'
import { enforce } from './rate-limit/enforce.ts'
import { refuseStaleSession } from './session.ts'
import { askForProof } from './turnstile/ask-for-proof.ts'

/** Throws `not-authenticated` unless an operator asks, `permission-missing` when they lack the permission. */
function assertOperator(c: Context<AppEnv>, access: Access): void {
  const { actor } = c.get('ctx')
  if (actor.kind !== 'operator' && actor.kind !== 'apiToken')
    throw new AppError('not-authenticated', 'Sign in as an operator first.')
  if (typeof access === 'object' && !actor.permissions.has(access.permission))
    throw new AppError('permission-missing', `This needs the permission ${access.permission}.`)
}

function assertAccess(c: Context<AppEnv>, access: Access): void {
  if (typeof access === 'object') {
    assertOperator(c, access)
    return
  }
  switch (access) {
    case 'public':
    case 'signed':
    case 'anyone':
      return
    case 'shopper':
      refuseStaleSession(c)
      return
    case 'member':
      refuseStaleSession(c)
      requireMember(c.get('ctx').actor)
      return
    case 'operator':
      assertOperator(c, access)
  }
}

/**
 * The middleware that enforces a route's policy: access, Turnstile and the route's own limits, in this order. The
 * surface's middleware, which runs before (body, session, CSRF, limits of changes), reads the same policy.
 */
export function policed(policy: Policy) {
  const enforcePolicy = createMiddleware<AppEnv>(async (c, next) => {
    assertAccess(c, policy.access)
    if (policy.proof !== undefined) await askForProof(c, policy.proof)
    const { own } = limitsOf(policy, c.req.method)
    const settle = own.length === 0 ? undefined : await enforce(c, own)
    await next()
    settle?.(c)
  })
  return keepPolicy(enforcePolicy, policy)
}
