import type { Ctx } from '../../context.ts'
import type { NewCustomer } from '../../db/functions/start-checkout.ts'
import { runBatch } from '../../db/transaction.ts'
import type { OpenedSession } from '../../payments/checkout-session.ts'
import type { CustomerUpdate } from '../../payments/customer.ts'
import { isCustomerMissing, stripeApiError } from '../../payments/errors.ts'
import { openSession } from './open-session.ts'
import { type BuyerRow, replaceCustomerStatements } from './queries/buyer.ts'
import type { CheckoutRow } from './queries/read-checkout.ts'

/** The customer for a payment page; `made` is set when its id is not stored yet. */
export type ReadyCustomer = { id: string; made: NewCustomer | null }

/**
 * The member's customer at Stripe, created at their first checkout. If the member uses their default address, this sets it
 * as the customer's, so that the payment page proposes it instead of what was used last.
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
    // The payment page then proposes an older address, which the buyer can change.
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
    // Only the customer was refused. Another call may have opened the session, so this must not count as a refusal.
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
 * As `openSession`, but replaces a customer that was deleted at Stripe, once. The new customer is stored with the checkout
 * before its session is opened, since every later call must send the same. `buyer` is undefined for a visitor.
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
