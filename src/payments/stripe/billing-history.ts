import type Stripe from 'stripe'
import type { BillingHistory } from '../customer.ts'
import { findOf } from './errors.ts'

/** How many objects of each kind are read, newest first; `complete` says whether these are all. */
const OBJECTS_MAX = 1_000
const PAGE = 100

/** Everything that Stripe holds about a customer; null for an unknown customer. Throws `stripe-api-error`. */
export const readBillingHistory = async (stripe: Stripe, customer: string): Promise<BillingHistory | null> =>
  (await findOf(readAll(stripe, customer))) ?? null

async function readAll(stripe: Stripe, customer: string): Promise<BillingHistory> {
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
}

const firstOf = <T extends { id: string }>(list: Stripe.ApiListPromise<T>): Promise<T[]> =>
  list.autoPagingToArray({ limit: OBJECTS_MAX })

/** The object as Stripe answered it, without secrets. */
const toPlain = (object: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'client_secret'))
