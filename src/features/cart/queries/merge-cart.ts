import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { CART_LINES_MAX, LINE_QUANTITY_MAX } from '../../../shared/cart-limits.ts'

/** The constraint that breaks when another request opens the member's first cart at the same moment: run the batch again. */
export const CART_MERGE_RACE = 'cart_one_per_member'

/**
 * Merges the visitor's cart into the member's, in the batch that signs the member in.
 * - If the member has no cart, they become the owner of the visitor's.
 * - Otherwise quantities add up, to at most what a line holds; lines that do not fit stay with the visitor; discount
 *   codes move over; the visitor's choice of shipping counts if the member made none.
 * - The visitor's checkouts move too: an open one, so that the next one replaces it, and a paid one, so that what it
 *   bought is removed from the cart.
 * Whatever moved is no longer in the visitor's cart, so running it again changes nothing.
 */
export function mergeCartStatements(db: Db, memberId: string, visitorId: string) {
  const owners = sql`mine AS (SELECT id FROM carts WHERE member_id = ${memberId}),
    theirs AS (SELECT id, shipping_method_id FROM carts WHERE visitor_id = ${visitorId})`
  return [
    // Changing the owner's columns needs the strongest lock; taking a weaker one first and raising it could deadlock.
    db.execute(sql`
      SELECT id FROM carts WHERE member_id = ${memberId} OR visitor_id = ${visitorId} ORDER BY id FOR UPDATE`),
    db.execute(sql`
      UPDATE carts SET member_id = ${memberId}, visitor_id = NULL, version = version + 1, updated_at = now()
      WHERE visitor_id = ${visitorId} AND NOT EXISTS (SELECT 1 FROM carts own WHERE own.member_id = ${memberId})`),
    db.execute(sql`
      WITH ${owners}
      UPDATE checkouts c SET cart_id = mine.id FROM mine, theirs
      WHERE c.cart_id = theirs.id
        AND (c.status = 'open' OR (c.status IN ('processing', 'complete') AND c.cart_cleared_at IS NULL))
        AND NOT EXISTS (
          SELECT 1 FROM checkouts own WHERE own.cart_id = mine.id
            AND ((own.status = 'open' AND c.status = 'open') OR own.idempotency_key = c.idempotency_key))`),
    db.execute(sql`
      WITH ${owners}, present AS (
        SELECT sku_id FROM cart_items WHERE cart_id = (SELECT id FROM mine)
      ), candidates AS (
        SELECT i.*, i.sku_id IN (SELECT sku_id FROM present) AS shared,
          row_number() OVER (PARTITION BY i.sku_id IN (SELECT sku_id FROM present) ORDER BY i.added_at, i.sku_id) AS place
        FROM cart_items i, mine, theirs WHERE i.cart_id = theirs.id
      ), moved AS (
        SELECT * FROM candidates WHERE shared OR place <= ${CART_LINES_MAX}::integer - (SELECT count(*) FROM present)
      ), taken AS (
        DELETE FROM cart_items i USING moved WHERE i.cart_id = moved.cart_id AND i.sku_id = moved.sku_id
      ), added AS (
        INSERT INTO cart_items (cart_id, sku_id, product_id, quantity, added_at)
        SELECT mine.id, moved.sku_id, moved.product_id, moved.quantity, moved.added_at FROM mine, moved
        ON CONFLICT (cart_id, sku_id) DO UPDATE
        SET quantity = least(${LINE_QUANTITY_MAX}::integer, cart_items.quantity + excluded.quantity),
          product_id = coalesce(excluded.product_id, cart_items.product_id)
      ), codes AS (
        DELETE FROM cart_discount_codes d USING mine, theirs WHERE d.cart_id = theirs.id
        RETURNING d.discount_code_id, d.added_at
      ), moved_codes AS (
        INSERT INTO cart_discount_codes (cart_id, discount_code_id, added_at)
        SELECT mine.id, codes.discount_code_id, codes.added_at FROM mine, codes
        ON CONFLICT (cart_id, discount_code_id) DO NOTHING
      )
      UPDATE carts SET version = version + 1, updated_at = now(),
        shipping_method_id =
          CASE WHEN carts.id = mine.id THEN coalesce(carts.shipping_method_id, theirs.shipping_method_id) END
      FROM mine, theirs
      WHERE carts.id IN (mine.id, theirs.id)
        AND (theirs.shipping_method_id IS NOT NULL OR EXISTS (SELECT 1 FROM moved) OR EXISTS (SELECT 1 FROM codes))`),
  ] as const
}
