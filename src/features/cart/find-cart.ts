import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import type { CartContents } from './contents.ts'
import { ownerOf } from './owner.ts'
import { parseCart, selectCart } from './queries/read-cart.ts'

/** The caller's cart; undefined while there is none. Reading does not open one. */
export async function findCart(ctx: Ctx): Promise<CartContents | undefined> {
  const owner = ownerOf(ctx.actor)
  if (owner === undefined) return undefined
  return parseCart(
    await runStatementAsCaller(ctx, () => selectCart(ctx.db, owner, { currency: ctx.env.CURRENCY, now: ctx.now() })),
  )
}
