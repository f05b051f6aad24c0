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

/** `replaces` is the member's former customer, which was deleted at Stripe; null for their first one. */
export type NewCustomer = { memberId: string; replaces: string | null }

/**
 * Creates a member's customer at Stripe and answers its id; repeated and parallel calls get the same customer. For that,
 * the idempotency key is made from the member's id and the request never changes; `updateCustomer` writes what can change.
 * Throws `stripe-api-error`.
 */
export async function createCustomer(stripe: Stripe, { memberId, replaces }: NewCustomer): Promise<string> {
  const idempotencyKey = replaces === null ? `customer:${memberId}` : `customer:${memberId}:after:${replaces}`
  const { id } = await answerOf(stripe.customers.create({ metadata: { member_id: memberId } }, { idempotencyKey }))
  return id
}

/** Changes a customer. Throws `stripe-api-error`; `isCustomerMissing` recognises a customer that does not exist. */
export async function updateCustomer(
  stripe: Stripe,
  customerId: string,
  { email, shipping, ...rest }: CustomerUpdate,
): Promise<void> {
  const update = stripe.customers.update(customerId, {
    ...rest,
    // Stripe clears a field that is sent as an empty string.
    ...(email === undefined ? {} : { email: email ?? '' }),
    ...(shipping === undefined ? {} : { shipping: shipping === null ? '' : toShipping(shipping) }),
  })
  await answerOf(update)
}

/** Deletes a customer with their subscriptions and cards; a missing customer is no error. Throws `stripe-api-error`. */
export async function deleteCustomer(stripe: Stripe, customerId: string): Promise<void> {
  await findOf(stripe.customers.del(customerId))
}
