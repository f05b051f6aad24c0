import { type SQL, sql } from 'drizzle-orm'
import type { PriceMoment } from '../../shared/price-moment.ts'

type InventoryState = 'in_stock' | 'back_ordered' | 'out_of_stock'

type Line = {
  skuId: string
  /**
   * The active product that the SKU was chosen from, else the first that sells it. Product and slug are null when no
   * active product sells it.
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
  /** Units reserved by open checkouts, this cart's own included. */
  reserved: number
  /** The part of `reserved` that is this cart's own open checkout's. */
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
  /** A timestamp as text. */
  validFrom: string | null
  /** A timestamp as text. */
  validUntil: string | null
  redemptionLimit: number | null
  perCustomerLimit: number | null
  combinable: boolean
  active: boolean
  /** Redemptions reserved by open checkouts, this cart's own included. */
  reservedCount: number
  redeemedCount: number
  /** The part of `reservedCount` that is this cart's own open checkout's: 0 or 1. */
  ownReservedCount: number
  /**
   * How often the cart's member has redeemed or reserved the code, without this cart's own open checkout; 0 without a
   * `perCustomerLimit` or a member.
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
  /** `{tracking_number}` is the placeholder for the number. */
  trackingUrlTemplate: string | null
  minDays: number | null
  maxDays: number | null
}

/** What `cart_of` and `add_cart_item` answer: everything that a cart's view and price depend on. */
export type CartAnswer = {
  id: string
  version: number
  chosenMethodId: string | null
  lines: Line[]
  discountCodes: DiscountCode[]
  /** The chosen method, or the first active one if none is chosen or the chosen one is not active any more. */
  shippingMethod: Method | null
}

/** An expression: the cart with this id, which is SQL, usually a column. Null when there is no such cart. */
export const cartOf = (cartId: SQL, { currency, now }: PriceMoment): SQL<CartAnswer> =>
  sql`cart_of(${cartId}, ${currency}, ${now.toISOString()})`
