import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Permission } from '../actor.ts'
import type { TurnstileForm } from '../shared/turnstile.ts'
import type { AppEnv } from './app-env.ts'
import { isSafeMethod } from './methods.ts'
import type { LimitName } from './rate-limit/limits.ts'

/** Who gets in without a cookie: `public` is everybody, `signed` a program whose signature the handler verifies. */
type OpenAccess = 'public' | 'signed'

/**
 * - `anyone`: visitors and members; a member whose access token has run out counts as a visitor.
 * - `shopper`: visitors and members; a member whose access token has run out is told so, and not taken for a visitor
 *   with an empty cart.
 * - `member`: members.
 * - `operator`: operators and their tokens; with a `permission`, those who have it.
 */
type KnownAccess = 'anyone' | 'shopper' | 'member' | 'operator' | { permission: Permission }

export type Access = OpenAccess | KnownAccess

/** What a route demands of a request. It stands beside the route, and everything that the demands need is made from it. */
export type Policy = {
  /**
   * What a request counts under. Left out: a change under the limits of changes, a read under none. A list is counted
   * before the handler runs; `whenAsked` by the handler, with `countCall`, once it knows that the request costs something.
   */
  limits?: 'none' | readonly LimitName[] | { whenAsked: readonly LimitName[] }
  /** The form whose Turnstile token is checked before the limits, since a proof lifts some of them. */
  proof?: TurnstileForm
  /** `own`: the handler reads the body, whatever its type. Left out: JSON in UTF-8, which is parsed before. */
  body?: 'own'
  /** Left out: 64 KiB. */
  maxBodyBytes?: number
  /** For what tells or ends the state of a session, whatever that is: an access token that is not valid counts as none. */
  invalidToken?: 'ignored'
  /** `page`: for people. Its problems are pages for browsers that ask for HTML. */
  answers?: 'page'
} & (
  | {
      access: OpenAccess
      /** The change does without a CSRF token, and knows nobody by their cookies. */
      csrf?: 'none'
    }
  | {
      access: KnownAccess
      /**
       * Where a change repeats the CSRF token: in `X-CSRF-Token`, unless it is a `form` with a field for it, which the
       * handler checks with `isCsrfToken`.
       */
      csrf?: 'form'
    }
)

const policies = new WeakMap<object, Policy>()

/** Marks the middleware that enforces a policy, by which the policy of a request is found. */
export function keepPolicy<M extends MiddlewareHandler<AppEnv>>(middleware: M, policy: Policy): M {
  policies.set(middleware, policy)
  return middleware
}

/** The policy that a handler enforces; undefined for other handlers. */
export const policyOfHandler = (handler: object): Policy | undefined => policies.get(handler)

/** The policy of the route that a request is for; undefined where there is no route. */
export function findPolicy(c: Context<AppEnv>): Policy | undefined {
  for (const { handler } of matchedRoutes(c)) {
    const policy = policies.get(handler)
    if (policy !== undefined) return policy
  }
  return undefined
}

/** As `findPolicy`, where there must be one. Throws for a route without: nothing gets through unchecked. */
export function policyOf(c: Context<AppEnv>): Policy {
  const policy = c.get('policy') ?? findPolicy(c)
  if (policy === undefined) throw new Error(`${c.req.method} ${c.req.path} has no policy`)
  c.set('policy', policy)
  return policy
}

/** Whether a request of this method must show a CSRF token, somewhere. */
export const needsCsrf = ({ csrf }: Policy, method: string): boolean => !isSafeMethod(method) && csrf !== 'none'

const CHANGES = ['changes-visitor', 'changes-member', 'changes-address'] as const

/** What a request counts under before its handler runs, by whether the route names limits of its own. */
export function limitsOf(
  { limits }: Policy,
  method: string,
): { general: readonly LimitName[]; own: readonly LimitName[] } {
  if (limits === undefined) return { general: isSafeMethod(method) ? [] : CHANGES, own: [] }
  return { general: [], own: typeof limits === 'object' && !('whenAsked' in limits) ? limits : [] }
}

/** What the handler itself counts a request under. */
export const limitsWhenAsked = ({ limits }: Policy): readonly LimitName[] =>
  typeof limits === 'object' && 'whenAsked' in limits ? limits.whenAsked : []
