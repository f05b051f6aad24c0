import type { Ctx } from '../../context.ts'
import { changeCart, type Refusals } from './change-cart.ts'
import type { CartContents } from './contents.ts'
import { getOwner } from './owner.ts'
import { chooseShippingStatements } from './queries/write-cart.ts'

const REFUSALS: Refusals = {
  shipping_method_offered: ['shipping-method-not-found', 'There is no such shipping method.'],
}

/** Chooses how the caller's cart is shipped. Throws `shipping-method-not-found`, also for one that is not active. */
export function chooseShippingMethod(ctx: Ctx, shippingMethodId: string): Promise<CartContents | undefined> {
  const owner = getOwner(ctx.actor)
  const statements = chooseShippingStatements(ctx.db, owner, shippingMethodId, ctx.env.CURRENCY)
  return changeCart(ctx, owner, { statements, refusals: REFUSALS })
}
