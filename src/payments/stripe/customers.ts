import type Stripe from 'stripe'
import type { CustomerUpdate, ShippingAddress } from '../customer.ts'
import { answerOf, findOf } from './errors.ts'

const toShipping = ({
  name,
  phone,
  line2,
  state,
  ...address
}: ShippingAddress): Stripe.CustomerUpdateParams.Shipping => ({
  name,
  ...(phone ? { phone } : {}),
  address: { ...address, ...(line2 ? { line2 } : {}), ...(state ? { state } : {}) },
})

/** `replaces` is the member's customer that was deleted at Stripe, null for the first one. */
export type NewCustomer = { memberId: string; replaces: string | null }

/**
 * A member's customer at Stripe: one, however often and at whatever same moment it is asked for. The idempotency key
 * stands for the member and all that is sent with it never changes, so that Stripe answers every call alike; what may
 * change is written by `updateCustomer`.
 * Throws `stripe-api-error`.
 */
export async function createCustomer(stripe: Stripe, { memberId, replaces }: NewCustomer): Promise<string> {
  const idempotencyKey = replaces === null ? `customer:${memberId}` : `customer:${memberId}:after:${replaces}`
  const { id } = await answerOf(stripe.customers.create({ metadata: { member_id: memberId } }, { idempotencyKey }))
  return id
}

/** Writes what is given to a customer. Throws `stripe-api-error`, of which `isCustomerMissing` tells more. */
export async function updateCustomer(
  stripe: Stripe,
  customerId: string,
  { email, shipping, ...rest }: CustomerUpdate,
): Promise<void> {
  const update = stripe.customers.update(customerId, {
    ...rest,
    // Stripe clears a field that is given as an empty text.
    ...(email === undefined ? {} : { email: email ?? '' }),
    ...(shipping === undefined ? {} : { shipping: shipping === null ? '' : toShipping(shipping) }),
  })
  await answerOf(update)
}

/**
 * With the customer go their subscriptions and cards. One that is gone already is as it should be. Throws
 * `stripe-api-error`.
 */
export async function deleteCustomer(stripe: Stripe, customerId: string): Promise<void> {
  await findOf(stripe.customers.del(customerId))
}
