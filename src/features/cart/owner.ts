import { type Actor, shopperIds } from '../../actor.ts'
import { AppError } from '../../shared/errors.ts'
import type { CartOwner } from './contents.ts'

/**
 * Whose cart a caller works with: the member's own, else the visitor's. Undefined for everybody else, a visitor without
 * a cookie too.
 */
export function ownerOf(actor: Actor): CartOwner | undefined {
  const { memberId, visitorId } = shopperIds(actor)
  if (memberId !== null) return { memberId }
  return visitorId === null ? undefined : { visitorId }
}

/** As `ownerOf`, for what needs a cart. Throws `cart-not-found`. */
export function getOwner(actor: Actor): CartOwner {
  const owner = ownerOf(actor)
  if (owner === undefined) throw new AppError('cart-not-found', 'There is no cart for this caller.')
  return owner
}

/** Changes that a caller may key, so that each takes effect once. */
const KEYED_OPERATIONS = ['cart-items', 'cart-discount-codes'] as const

export type KeyedOperation = (typeof KEYED_OPERATIONS)[number]

/** Where an owner's keys for an operation stand: no two owners share it, and no two operations. */
export const requestScope = (operation: KeyedOperation, owner: CartOwner): string =>
  `${operation}:${'memberId' in owner ? `member:${owner.memberId}` : `visitor:${owner.visitorId}`}`

/** Wherever keys of an owner may stand. */
export const requestScopes = (owner: CartOwner): string[] =>
  KEYED_OPERATIONS.map((operation) => requestScope(operation, owner))
