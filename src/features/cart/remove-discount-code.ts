import type { Ctx } from '../../context.ts'
import { changeCart } from './change-cart.ts'
import type { CartContents } from './contents.ts'
import { ownerOf } from './owner.ts'
import { removeDiscountCodeStatements } from './queries/change-discount-codes.ts'

/** Takes a discount code, in any case, off the caller's cart; one that is not on it is off it. */
export async function removeDiscountCode(ctx: Ctx, code: string): Promise<CartContents | undefined> {
  const owner = ownerOf(ctx.actor)
  if (owner === undefined) return undefined
  return changeCart(ctx, owner, { statements: removeDiscountCodeStatements(ctx.db, owner, code), refusals: {} })
}
