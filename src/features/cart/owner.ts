import type { Actor } from '../../context.ts'
import { AppError } from '../../shared/errors.ts'
import type { CartOwner } from './contents.ts'

/** Whose cart a caller works with: the member's own, else the visitor's. Undefined for a caller without a cookie. */
export function ownerOf({ memberId, visitorId }: Actor): CartOwner | undefined {
  if (memberId !== null) return { memberId }
  return visitorId === null ? undefined : { visitorId }
}

/** As `ownerOf`, for what needs a cart. Throws `cart-not-found`. */
export function getOwner(actor: Actor): CartOwner {
  const owner = ownerOf(actor)
  if (owner === undefined) throw new AppError('cart-not-found', 'There is no cart for this caller.')
  return owner
}

/** A text that no two owners share. */
export const ownerKey = (owner: CartOwner): string =>
  'memberId' in owner ? `member:${owner.memberId}` : `visitor:${owner.visitorId}`
