import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { cartDiscountCodes, discountCodes } from '../../../db/schema/cart.ts'
import type { CartOwner } from '../contents.ts'
import { redemptionsBy } from '../../../db/functions/redemptions-by.ts'
import type { PriceMoment } from '../../../shared/price-moment.ts'
import { currentPrice } from '../../catalog/queries/current-price.ts'
import { idOfCart } from './read-cart.ts'
import { countChange, lockCart, type Statements, touchCart } from './write-cart.ts'

/**
 * Adds a discount code to the cart. The assertions are those of `refusalOf`, in the same order, made in the transaction
 * that writes. Raises `discount_known`, `discount_in_currency`, `discount_begun`, `discount_not_over`,
 * `discount_left`, `discount_left_to_customer`, `discount_minimum_reached`, `discount_combinable`,
 * `cart_discount_codes_pkey` (already there).
 */
export function addDiscountCodeStatements(db: Db, owner: CartOwner, code: string, at: PriceMoment): Statements {
  const now = sql`${at.now.toISOString()}::timestamptz`
  const cartId = idOfCart(owner)
  const ownRedemptions = sql`(SELECT count(*) FROM checkout_discounts cd JOIN checkouts own ON own.id = cd.checkout_id
    WHERE own.cart_id = ${cartId} AND own.status = 'open' AND cd.discount_code_id = d.id)`
  const uses = redemptionsBy({
    email: sql`m.email`,
    memberId: sql`m.id`,
    discountCodeId: sql`d.id`,
    apartFrom: sql`own.id`,
  })
  const ownUses = sql`coalesce((
    SELECT ${uses}
    FROM carts k JOIN members m ON m.id = k.member_id LEFT JOIN checkouts own ON own.cart_id = k.id AND own.status = 'open'
    WHERE k.id = ${cartId}), 0)`
  const subtotal = sql`(SELECT coalesce(sum(i.quantity * ${currentPrice(sql`i.sku_id`, at)}::bigint), 0) FROM cart_items i
    WHERE i.cart_id = ${cartId} AND EXISTS (SELECT 1 FROM product_skus ps JOIN products p ON p.id = ps.product_id
      WHERE ps.sku_id = i.sku_id AND p.status = 'active'))`
  const unfitting = sql`(SELECT 1 FROM cart_discount_codes cd JOIN discount_codes other ON other.id = cd.discount_code_id
    WHERE cd.cart_id = ${cartId} AND other.id <> d.id AND NOT (other.combinable AND d.combinable))`
  return [
    touchCart(db, owner),
    db.execute(sql`
      SELECT
        assert_that(d.active, 'discount_known'),
        assert_that(d.currency IS NULL OR d.currency = ${at.currency}, 'discount_in_currency'),
        assert_that(d.valid_from IS NULL OR d.valid_from <= ${now}, 'discount_begun'),
        assert_that(d.valid_until IS NULL OR d.valid_until > ${now}, 'discount_not_over'),
        assert_that(d.redemption_limit IS NULL
          OR d.reserved_count + d.redeemed_count - ${ownRedemptions} < d.redemption_limit, 'discount_left'),
        assert_that(d.per_customer_limit IS NULL OR ${ownUses} < d.per_customer_limit, 'discount_left_to_customer'),
        assert_that(${subtotal} >= d.minimum_subtotal_amount, 'discount_minimum_reached'),
        assert_that(NOT EXISTS ${unfitting}, 'discount_combinable')
      FROM (VALUES (1)) one LEFT JOIN discount_codes d ON upper(d.code) = upper(${code})`),
    db.insert(cartDiscountCodes).values({
      cartId,
      discountCodeId: sql`(SELECT ${discountCodes.id} FROM ${discountCodes} WHERE upper(${discountCodes.code}) = upper(${code}))`,
    }),
  ]
}

/** Removes a discount code from the cart; without that code, nothing happens. */
export function removeDiscountCodeStatements(db: Db, owner: CartOwner, code: string): Statements {
  const removed = db.$with('change').as(
    db
      .delete(cartDiscountCodes)
      .where(
        and(
          eq(cartDiscountCodes.cartId, idOfCart(owner)),
          inArray(
            cartDiscountCodes.discountCodeId,
            db
              .select({ id: discountCodes.id })
              .from(discountCodes)
              .where(sql`upper(${discountCodes.code}) = upper(${code})`),
          ),
        ),
      )
      .returning({ cartId: cartDiscountCodes.cartId }),
  )
  return [lockCart(db, owner), countChange(db, removed, sql`(SELECT cart_id FROM change)`)]
}
