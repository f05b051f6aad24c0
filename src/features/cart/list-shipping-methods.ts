import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import type { ShippingMethod } from './contents.ts'
import { selectShippingMethods } from './queries/read-cart.ts'

/** The active shipping methods in the shop's order. A cart uses the first one until its owner chooses. */
export async function listShippingMethods(ctx: Ctx): Promise<ShippingMethod[]> {
  return (await runStatement(() => selectShippingMethods(ctx.db, ctx.env.CURRENCY))).rows
}
