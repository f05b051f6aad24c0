import type { Ctx } from '../../context.ts'
import { type ChangedCart, type ChangeRequest, changeCartOnce, type Refusals } from './change-cart.ts'
import { getOwner } from './owner.ts'
import { addItem, type Statements } from './queries/change-cart.ts'
import type { RequestKey } from './queries/request-keys.ts'

const REFUSALS: Refusals = {
  cart_items_sku_id_skus_id_fk: ['sku-not-found', 'There is no such article.'],
  sku_on_sale: ['sku-not-available', 'This article is not for sale.'],
  sku_priced: ['sku-not-available', 'This article has no price at the moment.'],
  sku_in_stock: ['sku-not-available', 'This article is out of stock.'],
}

/**
 * Adds units of a SKU to the caller's cart, which is opened when there is none. More than is in stock may be added: the
 * line then carries a warning, and the checkout refuses it.
 * Throws `sku-not-found`, `sku-not-available`, `quantity-limit`, `cart-lines-limit`, `idempotency-key-reused`.
 */
export function addCartItem(
  ctx: Ctx,
  input: { skuId: string; quantity: number },
  idempotencyKey: string | undefined,
): Promise<ChangedCart> {
  const owner = getOwner(ctx.actor)
  const at = { currency: ctx.env.CURRENCY, now: ctx.now() }
  const statementsFor = (key: RequestKey): Statements => [addItem(ctx.db, owner, input, at, key)]
  const request: ChangeRequest = { operation: 'cart-items', key: idempotencyKey, body: input }
  return changeCartOnce(ctx, owner, request, { statementsFor, refusals: REFUSALS })
}
