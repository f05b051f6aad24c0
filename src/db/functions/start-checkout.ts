import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { jsonArgument } from '../json-argument.ts'
import type { checkoutDiscounts, checkoutItems, checkouts } from '../schema/checkout.ts'

/** The columns, by table, that are not given for a new checkout; all others must be given and are written as they are. */
export const NOT_GIVEN = {
  checkouts: {
    status: "every checkout begins as 'open', the default",
    stripeSessionId: 'there is no session yet; `storeSession` writes it',
    stripeSessionUrl: 'there is no session yet; `storeSession` writes it',
    closedAt: 'written when the checkout ends',
    abandonedAt: 'written when the buyer is sent away without an answer from Stripe',
    cartClearedAt: 'written when what was bought has left the cart',
  },
  checkoutItems: { id: 'made by the database', checkoutId: "the checkout's own id" },
  checkoutDiscounts: {
    checkoutId: "the checkout's own id",
    customerKey: "made by `customer_key` from the checkout's address",
  },
} as const

/** A customer that was just created at Stripe; `replaces` is the member's former one, null for the first. */
export type NewCustomer = { id: string; replaces: string | null }

export type NewCheckout = {
  checkout: Omit<typeof checkouts.$inferSelect, keyof typeof NOT_GIVEN.checkouts> & { cartId: string }
  items: Omit<typeof checkoutItems.$inferSelect, keyof typeof NOT_GIVEN.checkoutItems>[]
  discounts: Omit<typeof checkoutDiscounts.$inferSelect, keyof typeof NOT_GIVEN.checkoutDiscounts>[]
  /** The open checkout of this cart that the new one replaces. */
  replacedId: string | null
  /** The member's customer, if it is not stored yet. */
  newCustomer: NewCustomer | null
}

/**
 * Writes the snapshot of a cart and reserves stock and redemptions.
 * Raises `cart_unchanged`, `checkout_still_open`, `checkout_one_open_per_cart`, `checkout_once_per_idempotency_key`,
 * `checkouts_pkey`, `discount_redemptions_within_limit`, `discount_limit_per_customer`, `stock_never_oversold`,
 * `stock_share_of_network`.
 */
export const startCheckoutStatement = (db: Db, { checkout, items, discounts, replacedId, newCustomer }: NewCheckout) =>
  db.execute(sql`SELECT start_checkout(${jsonArgument(checkout)}, ${jsonArgument(items)}, ${jsonArgument(discounts)},
    ${replacedId}::uuid, ${jsonArgument(newCustomer)})`)
