/** Whose cart it is: a member's, or an anonymous visitor's who is known by a signed cookie. */
export type CartOwner = { memberId: string } | { visitorId: string }

type InventoryState = 'in_stock' | 'back_ordered' | 'out_of_stock'

export type CartLine = {
  skuId: string
  /**
   * The active product that the SKU was chosen from, else the first that sells it. Product and slug are null when none
   * does (any more).
   */
  productId: string | null
  productSlug: string | null
  title: string
  /** The SKU's description, colour and size in one text; may be empty. */
  description: string
  skuCode: string
  color: string | null
  size: string | null
  quantity: number
  /** Current price in minor units; null when the SKU has none in the shop's currency. */
  unitAmount: number | null
  inventoryState: InventoryState
  /** Null when stock is not tracked. */
  onHand: number | null
  /** Units promised to open checkouts, this cart's own included. */
  reserved: number
  /** The part of `reserved` that this cart's own open checkout holds. */
  ownReserved: number
  image: { url: string; caption: string } | null
}

export type DiscountKind = 'percent' | 'fixed' | 'free_shipping' | 'reduced_shipping'

export type CartDiscountCode = {
  id: string
  code: string
  description: string
  kind: DiscountKind
  percentOff: number | null
  amountOff: number | null
  currency: string | null
  minimumSubtotalAmount: number
  validFrom: Date | null
  validUntil: Date | null
  redemptionLimit: number | null
  perCustomerLimit: number | null
  combinable: boolean
  active: boolean
  /** Redemptions that open checkouts hold, this cart's own included. */
  reservedCount: number
  redeemedCount: number
  /** The part of `reservedCount` that this cart's own open checkout holds: 0 or 1. */
  ownReservedCount: number
  /**
   * How often the cart's member has redeemed it or holds it, this cart's own open checkout apart; 0 where the code has no
   * `perCustomerLimit` or nobody is known.
   */
  usedByCustomer: number
}

export type ShippingMethod = {
  id: string
  code: string
  name: string
  description: string
  carrier: string
  amount: number
  currency: string
  /** `{tracking_number}` stands where the number goes. */
  trackingUrlTemplate: string | null
  minDays: number | null
  maxDays: number | null
}

/** A cart as one statement reads it: what is in it, and everything that decides what it costs. */
export type CartContents = {
  id: string
  version: number
  lines: CartLine[]
  discountCodes: CartDiscountCode[]
  /** The chosen method, or the first active one when none is chosen or the chosen one was withdrawn. */
  shippingMethod: ShippingMethod | null
  shippingMethodChosen: boolean
}
