import type { Ctx } from '../../context.ts'
import { type ChangedCart, type ChangeRequest, changeCartOnce, type Refusals } from './change-cart.ts'
import { getOwner } from './owner.ts'
import { selectCart } from './queries/read-cart.ts'
import type { Statements } from './queries/write-cart.ts'
import { insertRequestKey, type RequestKey } from './queries/request-keys.ts'
import { addDiscountCodeStatements } from './queries/change-discount-codes.ts'

const REFUSALS: Refusals = {
  discount_known: ['discount-not-found', 'There is no such discount code.'],
  discount_in_currency: ['discount-wrong-currency', 'This code is for prices in another currency.'],
  discount_begun: ['discount-not-yet-valid', 'This code is not valid yet.'],
  discount_not_over: ['discount-expired', 'This code is no longer valid.'],
  discount_left: ['discount-exhausted', 'This code has reached its limit of redemptions.'],
  discount_left_to_customer: ['discount-used-up', 'You have reached the limit of uses of this code.'],
  discount_minimum_reached: ['discount-minimum-not-reached', 'The products do not reach the minimum of this code.'],
  discount_combinable: ['discount-not-combinable', 'This code cannot be combined with those of the cart.'],
  cart_discount_codes_pkey: ['discount-already-applied', 'This code is on the cart already.'],
}

/**
 * Adds a discount code to the caller's cart, ignoring case. A refused code is not stored. The limit of uses per customer
 * is checked here for members; for visitors the checkout checks it, since it knows their email address.
 * Throws `discount-…` (see `REFUSALS`), `idempotency-key-reused`.
 */
export function addDiscountCode(ctx: Ctx, code: string, idempotencyKey: string | undefined): Promise<ChangedCart> {
  const owner = getOwner(ctx.actor)
  const at = { currency: ctx.env.CURRENCY, now: ctx.now() }
  const statementsFor = (key: RequestKey): Statements => [
    insertRequestKey(ctx.db, key),
    ...addDiscountCodeStatements(ctx.db, owner, code, at),
    selectCart(ctx.db, owner, at),
  ]
  const request: ChangeRequest = {
    operation: 'cart-discount-codes',
    key: idempotencyKey,
    body: { code: code.toUpperCase() },
  }
  return changeCartOnce(ctx, owner, request, { statementsFor, refusals: REFUSALS })
}
