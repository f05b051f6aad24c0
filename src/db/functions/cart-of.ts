import { type SQL, sql } from 'drizzle-orm'
import type { PriceMoment } from '../../shared/price-moment.ts'

type InventoryState = 'in_stock' | 'back_ordered' | 'out_of_stock'

type Line = {
  skuId: string
  /**
   * The active product that the SKU was chosen from, else the first that sells it. Product and slug are null when none
   * does (any more).
   */
  productId: string | null
  productSlug: string | null
  title: string
  /** The SKU's own description; may be empty. */
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

type DiscountKind = 'percent' | 'fixed' | 'free_shipping' | 'reduced_shipping'

type DiscountCode = {
  id: string
  code: string
  description: string
  kind: DiscountKind
  percentOff: number | null
  amountOff: number | null
  currency: string | null
  minimumSubtotalAmount: number
  /** A moment, as text. */
  validFrom: string | null
  /** A moment, as text. */
  validUntil: string | null
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

type Method = {
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

/** What `cart_of` and `add_cart_item` answer: everything about a cart that decides what it shows and costs. */
export type CartAnswer = {
  id: string
  version: number
  chosenMethodId: string | null
  lines: Line[]
  discountCodes: DiscountCode[]
  /** The chosen method, or the first active one when none is chosen or the chosen one was withdrawn. */
  shippingMethod: Method | null
}

/** An expression: the cart with this id, given as SQL, usually a column. Null when there is no such cart. */
export const cartOf = (cartId: SQL, { currency, now }: PriceMoment): SQL<CartAnswer> =>
  sql`cart_of(${cartId}, ${currency}, ${now.toISOString()})`
