import { beforeAll, describe, expect, test } from 'vitest'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { tick } from '../support/cron.ts'
import { deliverEmail } from '../support/email.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { createDiscountCode, createSku, db, unique } from '../support/shop.ts'
import { pay, stripe, stripeRequests } from '../support/stripe.ts'

type Behavior = 'exclusive' | 'inclusive'

/** Two units at 9.99, a code for ten percent and one that halves the shipping, which costs something. */
async function paidWithTax(behavior: Behavior) {
  const overrides = { AUTOMATIC_TAX: 'on', TAX_BEHAVIOR: behavior }
  const { client } = await createBuyer({ sku: await createSku({ amount: 999 }), quantity: 2, overrides })
  for (const options of [{}, { kind: 'reduced_shipping', amountOff: 100 }] as const) {
    const { code } = await createDiscountCode({ ...options, combinable: true })
    expect((await client.post('/v1/cart/discount-codes', { code })).status).toBe(200)
  }
  const { total } = (await client.get('/v1/cart')).json.totals
  const { session_id, checkout_id } = await checkOut(client)
  const email = `${unique('taxed')}@example.com`
  await pay(session_id, { email })
  const session = await stripe.checkout.sessions.retrieve(session_id)
  return { client, session, checkout_id, shown: total.amount as number, email }
}

/** Whoever places the order, with the settings of a shop that has changed its mind meanwhile. */
const PLACED_BY = {
  'the webhook': async ({ session }: { session: { id: string } }) => void (await deliverCompleted(session)),
  'the return page': async ({ client, session }: Awaited<ReturnType<typeof paidWithTax>>) =>
    void (await client.get(`/v1/checkout/${session.id}`)),
  'the sweep': async () => tick(),
}

describe.each(['exclusive', 'inclusive'] as const)('tax that prices have %s', (behavior) => {
  test.each(Object.entries(PLACED_BY))('is what Stripe charged, in an order placed by %s', async (_, place) => {
    const bought = await paidWithTax(behavior)
    await place(bought)
    const [row] = await db`SELECT identifier FROM orders WHERE checkout_id = ${bought.checkout_id}`
    const { totals, payment } = (await bought.client.get(`/v1/orders/${row!.identifier}`)).json
    const tax = bought.session.total_details?.amount_tax ?? 0
    expect(tax).toBeGreaterThan(0)
    expect(totals).toMatchObject({ tax: { amount: tax }, tax_included: behavior === 'inclusive' })
    expect(totals.item_discount.amount).toBeGreaterThan(0)
    expect(totals.shipping_discount.amount).toBe(100)
    expect(totals.total.amount).toBe(bought.session.amount_total)
    expect(payment.amount.amount).toBe(bought.session.amount_total)
    expect(totals.total.amount).toBe(bought.shown + (behavior === 'exclusive' ? tax : 0))
  })

  test('stands in the confirmation as what it is', async () => {
    const bought = await paidWithTax(behavior)
    await deliverCompleted(bought.session)
    const [row] = await db`SELECT e.id FROM email_outbox e JOIN orders o ON o.id = e.order_id
      WHERE o.checkout_id = ${bought.checkout_id}`
    await deliverEmail(row!.id)
    const { text, html } = await oneEmailTo(bought.email)
    for (const body of [text, html]) expect(body.includes('Tax included')).toBe(behavior === 'inclusive')
    expect(text).toMatch(behavior === 'inclusive' ? /Total.*\nTax included.*/ : /Tax {2,}.*\nTotal.*/)
  })
})

describe('what decides the amount that Stripe charges', () => {
  test.each(['on', 'off'])('is said and not left to the account, with automatic tax %s', async (automaticTax) => {
    const { client } = await createBuyer({ overrides: { AUTOMATIC_TAX: automaticTax } })
    const { checkout_id } = await checkOut(client)
    const requests: { path: string; params: Record<string, unknown> }[] = await stripeRequests()
    const made = requests.find(({ params }) => params['client_reference_id'] === checkout_id)
    expect(made?.params).toMatchObject({
      automatic_tax: { enabled: automaticTax === 'on' ? 'true' : 'false' },
      adaptive_pricing: { enabled: 'false' },
    })
  })

  test('makes another checkout of the same cart when the shop changes it', async () => {
    const { client, sku } = await createBuyer()
    const first = await checkOut(client)
    const other = createClient({ AUTOMATIC_TAX: 'on', TAX_BEHAVIOR: 'inclusive' })
    for (const [name, value] of client.cookies) other.cookies.set(name, value)
    await other.csrf()
    const second = await checkOut(other)
    expect(second.checkout_id).not.toBe(first.checkout_id)
    expect(sku.amount).toBeGreaterThan(0)
  })
})

describe('the shop’s currency', () => {
  test.each(['xyz', 'USD', 'btc', ''])('%j is refused at start, by its name', async (CURRENCY) => {
    const problem = expectProblem(await createClient({ CURRENCY }).get('/healthz'), 500, 'misconfigured')
    expect(problem.detail).toContain('CURRENCY')
  })

  describe('with three decimals', () => {
    beforeAll(async () => {
      await db`INSERT INTO shipping_methods (code, name, carrier, amount, currency, position)
        VALUES (${unique('kwd')}, 'Post', 'Post', 500, 'kwd', 1)`
    })

    test('has amounts that end in 0, discounts included, so that Stripe charges them', async () => {
      const sku = await createSku()
      await db`INSERT INTO sku_prices (sku_id, amount, currency, effective_at) VALUES (${sku.skuId}, 5130, 'kwd', '2020-01-01')`
      const { client } = await createBuyer({ sku, overrides: { CURRENCY: 'kwd' } })
      const { code } = await createDiscountCode({ percentOff: 13 })
      const { totals } = (await client.post('/v1/cart/discount-codes', { code })).json
      expect(totals.item_discount).toEqual({ amount: 670, currency: 'kwd' })
      const { session_id } = await checkOut(client)
      await pay(session_id)
      expect((await deliverCompleted({ id: session_id })).json).toMatchObject({ outcome: 'processed' })
    })

    test.each([
      ['kwd', 5_125, 'sku_price_fits_currency'],
      ['isk', 50_050, 'sku_price_fits_currency'],
    ])('takes no price that Stripe could not charge: %s %d', async (currency, amount, constraint) => {
      const { skuId } = await createSku()
      await expect(
        db`INSERT INTO sku_prices (sku_id, amount, currency) VALUES (${skuId}, ${amount}, ${currency})`,
      ).rejects.toMatchObject({ constraint })
    })
  })
})
