import type { Ctx } from '../../context.ts'
import { changeCart } from './change-cart.ts'
import type { CartContents } from './contents.ts'
import { ownerOf } from './owner.ts'
import { emptyCartStatements } from './queries/write-cart.ts'

/** Empties the caller's cart, discount codes and the choice of shipping included. */
export async function emptyCart(ctx: Ctx): Promise<CartContents | undefined> {
  const owner = ownerOf(ctx.actor)
  if (owner === undefined) return undefined
  return changeCart(ctx, owner, { statements: emptyCartStatements(ctx.db, owner), refusals: {} })
}
