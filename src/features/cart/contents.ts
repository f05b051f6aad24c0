import type { CartAnswer } from '../../db/functions/cart-of.ts'

/** The owner of a cart: a member, or an anonymous visitor, whom a signed cookie identifies. */
export type CartOwner = { memberId: string } | { visitorId: string }

/** A line as `cart_of` answers it; `description` joins the SKU's description, colour and size, and may be empty. */
export type CartLine = CartAnswer['lines'][number]

type DiscountCodeAnswer = CartAnswer['discountCodes'][number]

export type CartDiscountCode = Omit<DiscountCodeAnswer, 'validFrom' | 'validUntil'> & {
  validFrom: Date | null
  validUntil: Date | null
}

export type DiscountKind = DiscountCodeAnswer['kind']

export type ShippingMethod = NonNullable<CartAnswer['shippingMethod']>

/** A cart as one statement reads it, with everything that its price depends on. */
export type CartContents = {
  id: string
  version: number
  lines: CartLine[]
  discountCodes: CartDiscountCode[]
  shippingMethod: ShippingMethod | null
  shippingMethodChosen: boolean
}
