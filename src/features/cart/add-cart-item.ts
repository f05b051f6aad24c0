import type { Ctx } from '../../context.ts'
import { addCartItemStatement } from '../../db/functions/add-cart-item.ts'
import { CART_LINES_MAX } from '../../shared/cart-limits.ts'
import { newId } from '../../shared/ids.ts'
import { type ChangedCart, type ChangeRequest, changeCartOnce, type Refusals } from './change-cart.ts'
import { getOwner } from './owner.ts'
import type { Statements } from './queries/write-cart.ts'
import type { RequestKey } from './queries/request-keys.ts'

const NOT_IN_PRODUCT: Refusals[string] = ['sku-not-in-product', 'This product does not have this SKU.']

const REFUSALS: Refusals = {
  cart_items_sku_id_skus_id_fk: ['sku-not-found', 'There is no such SKU.'],
  cart_items_product_id_products_id_fk: NOT_IN_PRODUCT,
  sku_in_product: NOT_IN_PRODUCT,
  sku_on_sale: ['sku-not-available', 'This product is not for sale.'],
  sku_priced: ['sku-not-available', 'This product has no price at the moment.'],
  sku_in_stock: ['sku-not-available', 'This product is out of stock.'],
}

/**
 * Adds units of a SKU to the caller's cart, opening a cart if there is none. More than is in stock may be added: the line
 * then carries a warning, and the checkout refuses it. A SKU can be sold by several products; the line shows the one
 * that the latest addition named.
 * Throws `sku-not-found`, `sku-not-in-product`, `sku-not-available`, `quantity-limit`, `cart-lines-limit`,
 * `idempotency-key-reused`.
 */
export function addCartItem(
  ctx: Ctx,
  input: { skuId: string; quantity: number; productId?: string | undefined },
  idempotencyKey: string | undefined,
): Promise<ChangedCart> {
  const owner = getOwner(ctx.actor)
  const at = { currency: ctx.env.CURRENCY, now: ctx.now() }
  const item = { ...input, productId: input.productId ?? null, linesMax: CART_LINES_MAX, owner, at }
  const statementsFor = (request: RequestKey): Statements => [
    addCartItemStatement(ctx.db, { ...item, newCartId: newId(), request }),
  ]
  const request: ChangeRequest = { operation: 'cart-items', key: idempotencyKey, body: input }
  return changeCartOnce(ctx, owner, request, { statementsFor, refusals: REFUSALS })
}
