import type Stripe from 'stripe'
import { isMissing, type StripeClient, stripeApiError } from '../../payments/stripe/client.ts'

/** Of each kind so many are asked for, the newest; `complete` tells whether that was all. */
const OBJECTS_MAX = 1_000
const PAGE = 100

type StripeObject = Record<string, unknown>

export type BillingHistory = {
  complete: boolean
  customer: StripeObject
  charges: StripeObject[]
  payment_intents: StripeObject[]
  checkout_sessions: StripeObject[]
  refunds: StripeObject[]
}

/**
 * What Stripe holds about a customer: null when it knows no such customer. Throws `stripe-api-error` when any part
 * cannot be had.
 */
export async function readBillingHistory(stripe: StripeClient, customer: string): Promise<BillingHistory | null> {
  try {
    const known = await stripe.customers.retrieve(customer)
    const [charges, intents, sessions] = await Promise.all([
      firstOf(stripe.charges.list({ customer, limit: PAGE })),
      firstOf(stripe.paymentIntents.list({ customer, limit: PAGE })),
      firstOf(stripe.checkout.sessions.list({ customer, limit: PAGE })),
    ])
    const refunds: Stripe.Refund[] = []
    for (const charge of charges) {
      if (charge.amount_refunded > 0)
        refunds.push(...(await firstOf(stripe.refunds.list({ charge: charge.id, limit: PAGE }))))
    }
    return {
      complete: [charges, intents, sessions].every((list) => list.length < OBJECTS_MAX),
      customer: toPlain(known),
      charges: charges.map(toPlain),
      payment_intents: intents.map(toPlain),
      checkout_sessions: sessions.map(toPlain),
      refunds: refunds.map(toPlain),
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw stripeApiError(error)
  }
}

const firstOf = <T extends { id: string }>(list: Stripe.ApiListPromise<T>): Promise<T[]> =>
  list.autoPagingToArray({ limit: OBJECTS_MAX })

/** As Stripe words it, without what would let its bearer act. */
const toPlain = (object: object): StripeObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'client_secret'))
