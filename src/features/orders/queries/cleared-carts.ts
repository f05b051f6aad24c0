import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'

/**
 * Removes what was bought from the cart, once for each checkout; what the customer has added since stays. Locks the cart
 * before the checkout, in the same order as starting a checkout.
 */
export const clearCartStatements = (db: Db, checkoutId: string, now: Date) =>
  [
    db.execute(
      sql`SELECT id FROM carts WHERE id = (SELECT cart_id FROM checkouts WHERE id = ${checkoutId}) FOR NO KEY UPDATE`,
    ),
    db.execute(sql`
      WITH bought AS (
        UPDATE checkouts SET cart_cleared_at = ${now.toISOString()}
        WHERE id = ${checkoutId} AND cart_cleared_at IS NULL
        RETURNING id, cart_id
      ), removed AS (
        DELETE FROM cart_items ci USING bought b, checkout_items i
        WHERE ci.cart_id = b.cart_id AND i.checkout_id = b.id AND ci.sku_id = i.sku_id AND ci.quantity <= i.quantity
      ), reduced AS (
        UPDATE cart_items ci SET quantity = ci.quantity - i.quantity FROM bought b, checkout_items i
        WHERE ci.cart_id = b.cart_id AND i.checkout_id = b.id AND ci.sku_id = i.sku_id AND ci.quantity > i.quantity
      ), codes AS (
        DELETE FROM cart_discount_codes cd USING bought b, checkout_discounts d
        WHERE cd.cart_id = b.cart_id AND d.checkout_id = b.id AND cd.discount_code_id = d.discount_code_id
      )
      UPDATE carts SET version = version + 1, updated_at = ${now.toISOString()} FROM bought WHERE carts.id = bought.cart_id`),
  ] as const

/** Finished checkouts whose cart was not cleared. */
export const selectUnclearedCheckouts = (db: Db, closedBefore: Date, limit: number) =>
  db.execute<{ id: string }>(sql`
    SELECT id FROM checkouts WHERE status = 'complete' AND cart_cleared_at IS NULL AND closed_at < ${closedBefore.toISOString()}
    ORDER BY closed_at LIMIT ${limit}`)
