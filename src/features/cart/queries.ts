import { eq, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '../../db/client.ts'
import { currentPrice, type PriceMoment } from '../../db/current-price.ts'
import { carts } from '../../db/schema/cart.ts'
import type { CartContents, CartOwner } from './contents.ts'
import { describeSku } from './rules.ts'

/** The condition on `carts` that it is this owner's. */
export const ownedBy = (owner: CartOwner): SQL =>
  'memberId' in owner ? eq(carts.memberId, owner.memberId) : eq(carts.visitorId, owner.visitorId)

/** A scalar query: the id of the owner's cart. */
export const idOfCart = (owner: CartOwner): SQL<string> =>
  sql`(SELECT ${carts.id} FROM ${carts} WHERE ${ownedBy(owner)})`

// Of several products that hold the SKU an active one is shown; a withdrawn one still lends its title.
const PRODUCT_OF_SKU = sql`
  SELECT p.id, p.slug, p.title, p.status = 'active' AS active
  FROM product_skus ps JOIN products p ON p.id = ps.product_id
  WHERE ps.sku_id = i.sku_id
  ORDER BY p.status = 'active' DESC, ps.position, p.id LIMIT 1`

const IMAGE_OF_LINE = sql`
  SELECT json_build_object('url', url, 'caption', caption) AS json FROM (
    SELECT url, caption, 0 AS rank, position, id FROM sku_images WHERE sku_id = i.sku_id
    UNION ALL
    SELECT url, caption, CASE WHEN is_main THEN 1 ELSE 2 END, position, id FROM product_images WHERE product_id = product.id
  ) candidates ORDER BY rank, position, id LIMIT 1`

const linesOfCart = (at: PriceMoment): SQL => sql`
  SELECT json_agg(json_build_object(
    'skuId', i.sku_id, 'quantity', i.quantity, 'unitAmount', ${currentPrice(sql`i.sku_id`, at)},
    'productId', CASE WHEN product.active THEN product.id END,
    'productSlug', CASE WHEN product.active THEN product.slug END,
    'title', coalesce(product.title, s.code),
    'description', s.description, 'color', s.color, 'size', s.size,
    'inventoryState', s.inventory_state, 'onHand', s.on_hand, 'reserved', s.reserved,
    'ownReserved', coalesce(held.quantity, 0), 'image', image.json
  ) ORDER BY i.added_at, i.sku_id)
  FROM cart_items i
  JOIN skus s ON s.id = i.sku_id
  LEFT JOIN LATERAL (${PRODUCT_OF_SKU}) product ON true
  LEFT JOIN LATERAL (${IMAGE_OF_LINE}) image ON true
  LEFT JOIN checkout_items held ON held.checkout_id = own.id AND held.sku_id = i.sku_id
  WHERE i.cart_id = carts.id`

const DISCOUNT_CODES_OF_CART = sql`
  SELECT json_agg(json_build_object(
    'id', d.id, 'code', d.code, 'description', d.description, 'kind', d.kind, 'percentOff', d.percent_off,
    'amountOff', d.amount_off, 'currency', d.currency, 'minimumSubtotalAmount', d.minimum_subtotal_amount,
    'validFrom', d.valid_from, 'validUntil', d.valid_until, 'redemptionLimit', d.redemption_limit,
    'perCustomerLimit', d.per_customer_limit, 'combinable', d.combinable, 'active', d.active,
    'reservedCount', d.reserved_count, 'redeemedCount', d.redeemed_count,
    'ownReservedCount', CASE WHEN held.discount_code_id IS NULL THEN 0 ELSE 1 END
  ) ORDER BY cd.added_at, d.id)
  FROM cart_discount_codes cd
  JOIN discount_codes d ON d.id = cd.discount_code_id
  LEFT JOIN checkout_discounts held ON held.checkout_id = own.id AND held.discount_code_id = d.id
  WHERE cd.cart_id = carts.id`

const SHIPPING_METHOD_JSON = sql`json_build_object(
  'id', m.id, 'code', m.code, 'name', m.name, 'description', m.description, 'carrier', m.carrier, 'amount', m.amount,
  'currency', m.currency, 'trackingUrlTemplate', m.tracking_url_template, 'minDays', m.min_days, 'maxDays', m.max_days)`

/**
 * Everything about the owner's cart that decides what it shows and costs, in one statement for `runStatement` or a
 * batch; `parseCart` reads its result.
 */
export const selectCart = (db: Db, owner: CartOwner, at: PriceMoment) =>
  db.execute(sql`
    SELECT carts.id, carts.version, carts.shipping_method_id AS "chosenMethodId",
      coalesce((${linesOfCart(at)}), '[]') AS lines,
      coalesce((${DISCOUNT_CODES_OF_CART}), '[]') AS "discountCodes",
      (SELECT ${SHIPPING_METHOD_JSON} FROM shipping_methods m
        WHERE m.active AND m.currency = ${at.currency}
        ORDER BY (m.id = carts.shipping_method_id) IS TRUE DESC, m.position, m.code LIMIT 1) AS "shippingMethod"
    FROM carts
    LEFT JOIN checkouts own ON own.cart_id = carts.id AND own.status = 'open'
    WHERE ${ownedBy(owner)}`)

/** The active methods in their order, `rows[].method`; `parseShippingMethods` reads the result. */
export const selectShippingMethods = (db: Db, currency: string) =>
  db.execute(sql`
    SELECT ${SHIPPING_METHOD_JSON} AS method FROM shipping_methods m
    WHERE m.active AND m.currency = ${currency} ORDER BY m.position, m.code`)

const lineRow = z
  .object({
    skuId: z.string(),
    productId: z.string().nullable(),
    productSlug: z.string().nullable(),
    title: z.string(),
    description: z.string(),
    color: z.string().nullable(),
    size: z.string().nullable(),
    quantity: z.int(),
    unitAmount: z.int().nullable(),
    inventoryState: z.enum(['in_stock', 'back_ordered', 'out_of_stock']),
    onHand: z.int().nullable(),
    reserved: z.int(),
    ownReserved: z.int(),
    image: z.object({ url: z.string(), caption: z.string() }).nullable(),
  })
  .transform(({ description, color, size, ...line }) => ({
    ...line,
    description: describeSku({ description, color, size }),
  }))

const discountCodeRow = z.object({
  id: z.string(),
  code: z.string(),
  description: z.string(),
  kind: z.enum(['percent', 'fixed', 'free_shipping', 'reduced_shipping']),
  percentOff: z.int().nullable(),
  amountOff: z.int().nullable(),
  currency: z.string().nullable(),
  minimumSubtotalAmount: z.int(),
  validFrom: z.coerce.date().nullable(),
  validUntil: z.coerce.date().nullable(),
  redemptionLimit: z.int().nullable(),
  perCustomerLimit: z.int().nullable(),
  combinable: z.boolean(),
  active: z.boolean(),
  reservedCount: z.int(),
  redeemedCount: z.int(),
  ownReservedCount: z.int(),
})

const shippingMethodRow = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  description: z.string(),
  carrier: z.string(),
  amount: z.int(),
  currency: z.string(),
  trackingUrlTemplate: z.string().nullable(),
  minDays: z.int().nullable(),
  maxDays: z.int().nullable(),
})

const cartRow = z
  .object({
    id: z.string(),
    version: z.int(),
    chosenMethodId: z.string().nullable(),
    lines: z.array(lineRow),
    discountCodes: z.array(discountCodeRow),
    shippingMethod: shippingMethodRow.nullable(),
  })
  .transform(({ chosenMethodId, ...cart }) => ({
    ...cart,
    shippingMethodChosen: chosenMethodId !== null && cart.shippingMethod?.id === chosenMethodId,
  }))

/** What a raw statement answers. */
type CartResult = { rows: Record<string, unknown>[] }

/** The cart that `selectCart` read; undefined when the owner has none. */
export const parseCart = (result: CartResult): CartContents | undefined =>
  result.rows[0] === undefined ? undefined : cartRow.parse(result.rows[0])

export const parseShippingMethods = (result: CartResult) =>
  result.rows.map((row) => shippingMethodRow.parse(row['method']))
