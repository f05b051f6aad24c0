import { AppError } from './shared/errors.ts'

/** Somebody who has not signed in; the id is from the browser's signed cookie, null without one. */
export type Visitor = { kind: 'visitor'; visitorId: string | null }

/**
 * A signed-in member. `visitorId` identifies the same browser before they signed in, so that they can still see what they
 * bought there as a guest.
 */
export type Member = { kind: 'member'; memberId: string; sessionId: string; visitorId: string | null }

/** A permission of operators and their API tokens: a resource and an action, such as `orders:refund`. */
export type Permission = `${string}:${string}`

/** Who asks. Whoever builds an actor has verified it; it never holds what a caller merely claims. */
export type Actor =
  | Visitor
  | Member
  | { kind: 'operator'; operatorId: string; sessionId: string; permissions: ReadonlySet<Permission> }
  | { kind: 'apiToken'; tokenId: string; permissions: ReadonlySet<Permission> }
  /** The Worker itself, for a cron tick or a queue message; `name` is the job's. */
  | { kind: 'job'; name: string }
  /** Stripe, by the signature of an event. */
  | { kind: 'stripe' }

/** The actor of a request until middleware identifies the caller. */
export const NOBODY: Visitor = { kind: 'visitor', visitorId: null }

/** The member who asks. Throws `not-authenticated` for all other actors. */
export function requireMember(actor: Actor): Member {
  if (actor.kind !== 'member') throw new AppError('not-authenticated', 'Sign in first.')
  return actor
}

/** The visitor or member who asks. Throws `not-authenticated` for all other actors. */
export function requireShopper(actor: Actor): Visitor | Member {
  if (actor.kind !== 'visitor' && actor.kind !== 'member')
    throw new AppError('not-authenticated', 'Only visitors and members can do this.')
  return actor
}

/** The operator who asks. Throws `not-authenticated` for all other actors, an operator's API token included. */
export function requireOperator(actor: Actor): Extract<Actor, { kind: 'operator' }> {
  if (actor.kind !== 'operator') throw new AppError('not-authenticated', 'Sign in as an operator first.')
  return actor
}

/** The job that asks. Throws `not-authenticated` for all other actors, so that no request can run a sweep. */
export function requireJob(actor: Actor): Extract<Actor, { kind: 'job' }> {
  if (actor.kind !== 'job') throw new AppError('not-authenticated', 'Only the shop itself does this.')
  return actor
}

/** Asserts that Stripe's word is behind this: an event, or the sweep that reads Stripe's events. Throws `not-authenticated`. */
export function requireStripe(actor: Actor): void {
  if (actor.kind !== 'stripe' && !(actor.kind === 'job' && actor.name === 'missed-events'))
    throw new AppError('not-authenticated', 'Only Stripe can tell this.')
}

/** The ids by which carts, checkouts and orders refer to a shopper. */
export type ShopperIds = { memberId: string | null; visitorId: string | null }

/** The ids of the shopper who asks; both null for other actors, so that they own no cart, checkout or order. */
export function shopperIds(actor: Actor): ShopperIds {
  if (actor.kind === 'member') return { memberId: actor.memberId, visitorId: actor.visitorId }
  return { memberId: null, visitorId: actor.kind === 'visitor' ? actor.visitorId : null }
}
