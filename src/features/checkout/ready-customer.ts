import type { Ctx } from '../../context.ts'
import type { NewCustomer } from '../../db/functions/start-checkout.ts'
import { runBatch } from '../../db/transaction.ts'
import type { OpenedSession } from '../../payments/checkout-session.ts'
import type { CustomerUpdate } from '../../payments/customer.ts'
import { isCustomerMissing, stripeApiError } from '../../payments/errors.ts'
import { openSession } from './open-session.ts'
import { type BuyerRow, replaceCustomerStatements } from './queries/buyer.ts'
import type { CheckoutRow } from './queries/read-checkout.ts'

/** The customer that a payment page is made for; `made` when the shop does not know it yet. */
export type ReadyCustomer = { id: string; made: NewCustomer | null }

/**
 * The buyer's customer at Stripe, made at the first checkout and reused ever after. Where the member wants the default
 * address to be used, the payment page proposes it; else it proposes what was used last.
 * Throws `stripe-api-error`.
 */
export async function readyCustomer(ctx: Ctx, buyer: BuyerRow): Promise<ReadyCustomer> {
  const { stripe_customer_id: known, default_address: shipping } = buyer
  if (known === null) return makeCustomer(ctx, buyer, null)
  if (!buyer.use_default_shipping_and_payment || shipping === null) return { id: known, made: null }
  try {
    await ctx.payments.updateCustomer(known, { shipping })
  } catch (error) {
    if (isCustomerMissing(error)) return makeCustomer(ctx, buyer, known)
    // The page then proposes another address, which the buyer can change.
    ctx.log.warn('stripe-shipping-not-updated', { error })
  }
  return { id: known, made: null }
}

async function makeCustomer(ctx: Ctx, buyer: BuyerRow, replaces: string | null): Promise<ReadyCustomer> {
  try {
    const id = await ctx.payments.createCustomer({ memberId: buyer.id, replaces })
    await ctx.payments.updateCustomer(id, describe(buyer))
    return { id, made: { id, replaces } }
  } catch (error) {
    // That the customer was refused says nothing of the session, which another call may have opened already.
    throw stripeApiError(error)
  }
}

function describe({ email, first_name, last_name, default_address: shipping }: BuyerRow): CustomerUpdate {
  const name = `${first_name} ${last_name}`.trim()
  return {
    ...(email === null ? {} : { email }),
    ...(name === '' ? {} : { name }),
    ...(shipping === null ? {} : { shipping }),
  }
}

/**
 * As `openSession`. A customer that was deleted at Stripe is made anew, once, and the checkout remembers the new one
 * before its session is asked for: any later call must say the same. `buyer` is the member, undefined for a visitor.
 */
export async function openSessionAnew(
  ctx: Ctx,
  checkout: CheckoutRow,
  buyer: BuyerRow | undefined,
): Promise<OpenedSession> {
  try {
    return await openSession(ctx, checkout)
  } catch (error) {
    if (buyer === undefined || !isCustomerMissing(error)) throw error
    const { id, made } = await makeCustomer(ctx, buyer, checkout.stripe_customer_id)
    const where = { checkoutId: checkout.id, memberId: buyer.id }
    if (made !== null) await runBatch(ctx.db, replaceCustomerStatements(ctx.db, where, made))
    return openSession(ctx, { ...checkout, stripe_customer_id: id })
  }
}
