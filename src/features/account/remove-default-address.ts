import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { selectStripeCustomer } from '../members/queries.ts'
import { deleteDefaultAddress } from './queries/default-address.ts'

/** Removes the caller's default shipping address, and after the answer also from the customer at Stripe. */
export async function removeDefaultAddress(ctx: Ctx): Promise<void> {
  const { memberId } = requireMember(ctx.actor)
  const [deleted, [member]] = await runBatchAsCaller(ctx, [
    deleteDefaultAddress(ctx.db, memberId),
    selectStripeCustomer(ctx.db, memberId),
  ])
  const customerId = member?.stripeCustomerId
  if (deleted.length > 0 && customerId)
    ctx.defer('update-stripe-shipping', () => ctx.payments.updateCustomer(customerId, { shipping: null }))
}
