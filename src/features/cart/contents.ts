import type { CartAnswer } from '../../db/functions/cart-of.ts'

/** Whose cart it is: a member's, or an anonymous visitor's who is known by a signed cookie. */
export type CartOwner = { memberId: string } | { visitorId: string }

/** A line as `cart_of` answers it; `description` is the SKU's description, colour and size in one text, perhaps empty. */
export type CartLine = CartAnswer['lines'][number]

type DiscountCodeAnswer = CartAnswer['discountCodes'][number]

export type CartDiscountCode = Omit<DiscountCodeAnswer, 'validFrom' | 'validUntil'> & {
  validFrom: Date | null
  validUntil: Date | null
}

export type DiscountKind = DiscountCodeAnswer['kind']

export type ShippingMethod = NonNullable<CartAnswer['shippingMethod']>

/** A cart as one statement reads it: what is in it, and everything that decides what it costs. */
export type CartContents = {
  id: string
  version: number
  lines: CartLine[]
  discountCodes: CartDiscountCode[]
  shippingMethod: ShippingMethod | null
  shippingMethodChosen: boolean
}
