import type { Ctx } from '../../context.ts'
import { AppError } from '../../shared/errors.ts'
import { changeCart, type Refusals } from './change-cart.ts'
import type { CartContents } from './contents.ts'
import { ownerOf } from './owner.ts'
import { setQuantityStatements } from './queries/write-cart.ts'

const NOT_IN_CART = 'This product is not in the cart.'

const REFUSALS: Refusals = { cart_line_present: ['not-found', NOT_IN_CART] }

/** Sets how many units of a SKU are in the caller's cart. Throws `not-found` without such a line, `quantity-limit`. */
export async function setItemQuantity(
  ctx: Ctx,
  input: { skuId: string; quantity: number },
): Promise<CartContents | undefined> {
  const owner = ownerOf(ctx.actor)
  if (owner === undefined) throw new AppError('not-found', NOT_IN_CART)
  return changeCart(ctx, owner, { statements: setQuantityStatements(ctx.db, owner, input), refusals: REFUSALS })
}
