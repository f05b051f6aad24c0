import type Stripe from 'stripe'
import { isRefused, type StripeClient, stripeApiError } from './client.ts'

/** A shipping address in the fields that both Stripe and our API use. */
export type ShippingAddress = {
  name: string
  phone: string | null
  line1: string
  line2: string | null
  city: string
  state: string | null
  postal_code: string
  country: string
}

export type CustomerUpdate = {
  /** Null takes the address away. */
  email?: string | null
  name?: string
  /** Null takes the address away. */
  shipping?: ShippingAddress | null
}

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

/**
 * A member's customer at Stripe: one, however often and at whatever same moment it is asked for. The idempotency key
 * stands for the member and all that is sent with it never changes, so that Stripe answers every call alike; what may
 * change is written by `updateCustomer`. `replaces` is the customer that was deleted at Stripe, null for the first one.
 * Throws `stripe-api-error`.
 */
export async function createCustomer(
  stripe: StripeClient,
  { memberId, replaces }: { memberId: string; replaces: string | null },
): Promise<string> {
  const idempotencyKey = replaces === null ? `customer:${memberId}` : `customer:${memberId}:after:${replaces}`
  try {
    return (await stripe.customers.create({ metadata: { member_id: memberId } }, { idempotencyKey })).id
  } catch (error) {
    throw stripeApiError(error)
  }
}

/** Writes what is given to a customer. Throws Stripe's own error. */
export async function updateCustomer(
  stripe: StripeClient,
  customerId: string,
  { email, shipping, ...rest }: CustomerUpdate,
): Promise<void> {
  await stripe.customers.update(customerId, {
    ...rest,
    // Stripe clears a field that is given as an empty text.
    ...(email === undefined ? {} : { email: email ?? '' }),
    ...(shipping === undefined ? {} : { shipping: shipping === null ? '' : toShipping(shipping) }),
  })
}

/** Stripe refused a request because the customer that it names has been deleted there, or never was. */
export const isCustomerMissing = (error: unknown): boolean =>
  isRefused(error) && error.code === 'resource_missing' && (error.param === 'customer' || error.param === 'id')
