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
