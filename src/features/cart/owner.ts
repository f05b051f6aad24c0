import { type Actor, shopperIds } from '../../actor.ts'
import { AppError } from '../../shared/errors.ts'
import type { CartOwner } from './contents.ts'

/** The owner of the caller's cart: the member, else the visitor. Undefined for all others, and without a visitor cookie. */
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
