import type { Ctx } from '../../context.ts'
import { changeCart } from './change-cart.ts'
import type { CartContents } from './contents.ts'
import { ownerOf } from './owner.ts'
import { removeItemStatements } from './queries/write-cart.ts'

/** Takes a SKU out of the caller's cart; a SKU that is not in it is out of it. */
export async function removeCartItem(ctx: Ctx, skuId: string): Promise<CartContents | undefined> {
  const owner = ownerOf(ctx.actor)
  if (owner === undefined) return undefined
  return changeCart(ctx, owner, { statements: removeItemStatements(ctx.db, owner, skuId), refusals: {} })
}
