import { type SQL, sql } from 'drizzle-orm'

/** A row of `checkout_parts`. */
export type CheckoutParts = {
  /** Null while there is no order. */
  order_identifier: string | null
  /** In the cart's order. */
  items: { title: string; description: string; quantity: number; unit_amount: number }[]
  /** Discount codes, sorted. */
  codes: string[]
}

/** A table expression with the one row of a checkout. `checkoutId` is SQL, usually a column. */
export const checkoutParts = (checkoutId: SQL): SQL<CheckoutParts> => sql`checkout_parts(${checkoutId})`
