import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { selectStripeCustomer } from '../members/queries.ts'
import { upsertDefaultAddress } from './queries/default-address.ts'
import type { DefaultAddress } from './schemas.ts'

/**
 * Sets the caller's default shipping address. The customer at Stripe gets it after the answer, so that the payment page
 * proposes it.
 * Throws `validation-failed` for a country that the shop does not ship to.
 */
export async function putDefaultAddress(ctx: Ctx, address: DefaultAddress): Promise<DefaultAddress> {
  const { SHIPPING_COUNTRIES } = ctx.env
  if (!SHIPPING_COUNTRIES.includes(address.country)) {
    const message = `The shop ships to ${SHIPPING_COUNTRIES.join(', ')}.`
    throw new AppError('validation-failed', 'The shop does not ship to this country.', {
      errors: [{ field: 'country', code: 'not-shipped-to', message }],
    })
  }
  const { memberId } = requireMember(ctx.actor)
  const [, [member]] = await runBatchAsCaller(ctx, [
    upsertDefaultAddress(ctx.db, memberId, address, ctx.now()),
    selectStripeCustomer(ctx.db, memberId),
  ])
  const customerId = member?.stripeCustomerId
  if (customerId)
    ctx.defer('update-stripe-shipping', () => ctx.payments.updateCustomer(customerId, { shipping: address }))
  return address
}
