import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import type { PriceMoment } from '../../shared/price-moment.ts'
import type { idempotencyKeys } from '../schema/operations.ts'
import type { CartAnswer } from './cart-of.ts'

export type NewCartItem = {
  owner: { memberId: string } | { visitorId: string }
  /** The id for the cart if the owner has none yet. */
  newCartId: string
  skuId: string
  quantity: number
  /** The product whose page the SKU was chosen on; null when that is not known. */
  productId: string | null
  linesMax: number
  at: PriceMoment
  request: Pick<typeof idempotencyKeys.$inferSelect, 'scope' | 'key' | 'fingerprint'>
}

/**
 * Writes the request's key, adds units of a SKU (units of the same SKU add up), and answers the cart.
 * Raises `request_once_per_idempotency_key`, `cart_items_sku_id_skus_id_fk`, `cart_items_product_id_products_id_fk`,
 * `cart_quantity_within_limit`, `cart_lines_within_limit`, `sku_on_sale`, `sku_in_product`, `sku_priced`, `sku_in_stock`.
 */
export function addCartItemStatement(db: Db, { owner, request, at, ...item }: NewCartItem) {
  const [memberId, visitorId] = 'memberId' in owner ? [owner.memberId, null] : [null, owner.visitorId]
  return db.execute<{ cart: CartAnswer }>(sql`
    SELECT add_cart_item(${memberId}, ${visitorId}, ${item.newCartId}, ${item.skuId}, ${item.quantity}, ${item.linesMax},
      ${at.currency}, ${at.now.toISOString()}, ${request.scope}, ${request.key}, ${request.fingerprint},
      ${item.productId}) AS cart`)
}
