import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import type { ShippingMethod } from './contents.ts'
import { selectShippingMethods } from './queries/read-cart.ts'

/** The shipping methods on offer, in the shop's order; the first is the one a cart starts with. */
export async function listShippingMethods(ctx: Ctx): Promise<ShippingMethod[]> {
  return (await runStatement(() => selectShippingMethods(ctx.db, ctx.env.CURRENCY))).rows
}
