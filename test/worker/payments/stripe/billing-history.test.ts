import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { readBillingHistory } from '../../../../src/payments/stripe/billing-history.ts'

/** As much of Stripe as a history asks for: so many charges, and nothing else. */
function stripeWith(charges: number): Stripe {
  const list = (count: number) => () => ({
    autoPagingToArray: ({ limit }: { limit: number }) =>
      Promise.resolve(
        Array.from({ length: Math.min(count, limit) }, (_, at) => ({ id: `ch_${at}`, amount_refunded: 0 })),
      ),
  })
  return {
    customers: { retrieve: () => Promise.resolve({ id: 'cus_1' }) },
    charges: { list: list(charges) },
    paymentIntents: { list: list(0) },
    checkout: { sessions: { list: list(0) } },
  } as unknown as Stripe
}

test.each([
  [999, true],
  [1_000, false],
  [3_000, false],
])('a billing history of %i charges says whether that is all: %s', async (charges, complete) => {
  const history = await readBillingHistory(stripeWith(charges), 'cus_1')
  expect(history).toMatchObject({ complete })
  expect(history?.charges).toHaveLength(Math.min(charges, 1_000))
})
