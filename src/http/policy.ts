import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Permission } from '../actor.ts'
import type { TurnstileForm } from '../shared/turnstile.ts'
import type { AppEnv } from './app-env.ts'
import { isSafeMethod } from './methods.ts'
import type { LimitName } from './rate-limit/limits.ts'

/** Access without a cookie: `public` for everybody, `signed` for a program whose signature the handler verifies. */
type OpenAccess = 'public' | 'signed'

/**
 * - `anyone`: visitors and members; a member whose access token has run out counts as a visitor.
 * - `shopper`: visitors and members; a member whose access token has run out is told to refresh it, rather than shown a
 *   visitor's empty cart.
 * - `member`: members.
 * - `operator`: operators and their tokens; with a `permission`, those who have it.
 */
type KnownAccess = 'anyone' | 'shopper' | 'member' | 'operator' | { permission: Permission }

export type Access = OpenAccess | KnownAccess

/** What a route asks of a request. Its middleware and its part of the OpenAPI document are made from it. */
export type Policy = {
  /**
   * The rate limits of the route. By default, changes have the limits `changes-…` and reads have none. A list is counted
   * before the handler runs; `whenAsked` is counted by the handler with `countCall`, once it knows that the request costs
   * something.
   */
  limits?: 'none' | readonly LimitName[] | { whenAsked: readonly LimitName[] }
  /** The form whose Turnstile token is checked. That happens before the limits, since a valid token lifts some of them. */
  proof?: TurnstileForm
  /** `own`: the handler reads the body, of any type. By default the body is JSON in UTF-8 and parsed before. */
  body?: 'own'
  /** By default 64 KiB. */
  maxBodyBytes?: number
  /** An invalid access token counts as none, for routes that read or end a session in any state. */
  invalidToken?: 'ignored'
  /** `page`: the route answers HTML pages; its problems are pages too, for clients that ask for HTML. */
  answers?: 'page'
} & (
  | {
      access: OpenAccess
      /** The change needs no CSRF token, and in return ignores who the cookies belong to. */
      csrf?: 'none'
    }
  | {
      access: KnownAccess
      /**
       * Where a change repeats the CSRF token: by default in `X-CSRF-Token`; in a field for a `form`, whose handler checks
       * it with `isCsrfToken`.
       */
      csrf?: 'form'
    }
)

const policies = new WeakMap<object, Policy>()

/** Remembers which policy a middleware enforces, for `findPolicy`. */
export function keepPolicy<M extends MiddlewareHandler<AppEnv>>(middleware: M, policy: Policy): M {
  policies.set(middleware, policy)
  return middleware
}

/** The policy that a handler enforces; undefined for other handlers. */
export const policyOfHandler = (handler: object): Policy | undefined => policies.get(handler)

/** The policy of the request's route; undefined without a route. */
export function findPolicy(c: Context<AppEnv>): Policy | undefined {
  for (const { handler } of matchedRoutes(c)) {
    const policy = policies.get(handler)
    if (policy !== undefined) return policy
  }
  return undefined
}

/** As `findPolicy`, but throws without a policy, so that no request passes unchecked. */
export function policyOf(c: Context<AppEnv>): Policy {
  const policy = c.get('policy') ?? findPolicy(c)
  if (policy === undefined) throw new Error(`${c.req.method} ${c.req.path} has no policy`)
  c.set('policy', policy)
  return policy
}

/** Whether a request with this method must repeat the CSRF token. */
export const needsCsrf = ({ csrf }: Policy, method: string): boolean => !isSafeMethod(method) && csrf !== 'none'

const CHANGES = ['changes-visitor', 'changes-member', 'changes-address'] as const

/** The limits that are counted before the handler runs: those of all changes (`general`) or the route's `own`. */
export function limitsOf(
  { limits }: Policy,
  method: string,
): { general: readonly LimitName[]; own: readonly LimitName[] } {
  if (limits === undefined) return { general: isSafeMethod(method) ? [] : CHANGES, own: [] }
  return { general: [], own: typeof limits === 'object' && !('whenAsked' in limits) ? limits : [] }
}

/** The limits that the handler itself counts. */
export const limitsWhenAsked = ({ limits }: Policy): readonly LimitName[] =>
  typeof limits === 'object' && 'whenAsked' in limits ? limits.whenAsked : []
