import { AppError } from './shared/errors.ts'

/** Somebody who has not signed in; the id is that of the browser's signed cookie, null where none came along. */
export type Visitor = { kind: 'visitor'; visitorId: string | null }

/**
 * A member, by a session. `visitorId` is who they were in this browser before they signed in: what was bought there as a
 * guest stays within their reach.
 */
export type Member = { kind: 'member'; memberId: string; sessionId: string; visitorId: string | null }

/** What operators and their tokens may do: a resource and an action, such as `orders:refund`. */
export type Permission = `${string}:${string}`

/** Who asks. Nothing here is true because a caller says so: each was proven by whoever built it. */
export type Actor =
  | Visitor
  | Member
  | { kind: 'operator'; operatorId: string; sessionId: string; permissions: ReadonlySet<Permission> }
  | { kind: 'apiToken'; tokenId: string; permissions: ReadonlySet<Permission> }
  /** The Worker itself, on a cron tick or for a queue message; `name` says which job. */
  | { kind: 'job'; name: string }
  /** Stripe, by the signature of an event. */
  | { kind: 'stripe' }

/** Who asks before anything is known of them. */
export const NOBODY: Visitor = { kind: 'visitor', visitorId: null }

/** The member who asks. Throws `not-authenticated` for everybody else. */
export function requireMember(actor: Actor): Member {
  if (actor.kind !== 'member') throw new AppError('not-authenticated', 'Sign in first.')
  return actor
}

/** Whoever may shop: a visitor or a member. Throws `not-authenticated` for everybody else. */
export function requireShopper(actor: Actor): Visitor | Member {
  if (actor.kind !== 'visitor' && actor.kind !== 'member')
    throw new AppError('not-authenticated', 'Only visitors and members can do this.')
  return actor
}

/** The operator who asks. Throws `not-authenticated` for everybody else, an operator's token too. */
export function requireOperator(actor: Actor): Extract<Actor, { kind: 'operator' }> {
  if (actor.kind !== 'operator') throw new AppError('not-authenticated', 'Sign in as an operator first.')
  return actor
}

/** The job that asks. Throws `not-authenticated` for everybody else: no request from outside runs a sweep. */
export function requireJob(actor: Actor): Extract<Actor, { kind: 'job' }> {
  if (actor.kind !== 'job') throw new AppError('not-authenticated', 'Only the shop itself does this.')
  return actor
}

/** For what only Stripe may tell, by an event or to the sweep that reads its events. Throws `not-authenticated`. */
export function requireStripe(actor: Actor): void {
  if (actor.kind !== 'stripe' && !(actor.kind === 'job' && actor.name === 'missed-events'))
    throw new AppError('not-authenticated', 'Only Stripe can tell this.')
}

/** The ids by which carts, checkouts and orders know a shopper. */
export type ShopperIds = { memberId: string | null; visitorId: string | null }

/** The ids of who asks; none for whoever is no shopper, so that nothing of the kind is theirs. */
export function shopperIds(actor: Actor): ShopperIds {
  if (actor.kind === 'member') return { memberId: actor.memberId, visitorId: actor.visitorId }
  return { memberId: null, visitorId: actor.kind === 'visitor' ? actor.visitorId : null }
}
