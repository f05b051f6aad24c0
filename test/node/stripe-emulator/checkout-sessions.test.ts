import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, flatShipping, type Harness, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const now = () => Math.floor(Date.now() / 1000)
const DAY = 24 * 60 * 60

describe('creation', () => {
  test('answers an open, unpaid session with its totals and the address of its page', async () => {
    const session = await harness.stripe.checkout.sessions.create(
      sessionParams({
        client_reference_id: 'checkout-1',
        metadata: { cart: 'c1' },
        shipping_options: [flatShipping(700)],
      }),
    )
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      client_reference_id: 'checkout-1',
      metadata: { cart: 'c1' },
      currency: 'usd',
      amount_subtotal: 4498,
      amount_total: 5198,
      total_details: { amount_discount: 0, amount_shipping: 700, amount_tax: 0 },
      shipping_cost: { amount_total: 700 },
    })
    expect(session.id).toMatch(/^cs_test_a1\w{58}$/)
    expect(session.url).toBe(`${harness.emulator.url}/c/pay/${session.id}`)
    expect(session.expires_at - session.created).toBe(DAY)
  })

  test('a coupon is taken off the lines to the last cent, and never off shipping', async () => {
    const { stripe } = harness
    await stripe.coupons.create({ id: 'seven', amount_off: 700, currency: 'usd', duration: 'once' })
    const session = await stripe.checkout.sessions.create(
      sessionParams({
        discounts: [{ coupon: 'seven' }],
        shipping_options: [flatShipping(500)],
        expand: ['line_items', 'discounts.coupon'],
      }),
    )
    expect(session.amount_total).toBe(4498 - 700 + 500)
    expect(session.total_details?.amount_discount).toBe(700)
    expect(session.line_items?.data.map((line) => line.amount_discount)).toEqual([622, 78])
    expect(session.discounts).toMatchObject([{ coupon: { id: 'seven', amount_off: 700 }, promotion_code: null }])
  })

  test('a coupon over the subtotal makes the lines free, not negative', async () => {
    const { stripe } = harness
    await stripe.coupons.create({ id: 'huge', amount_off: 99_999, currency: 'usd', duration: 'once' })
    const session = await stripe.checkout.sessions.create(
      sessionParams({ discounts: [{ coupon: 'huge' }], shipping_options: [flatShipping(500)] }),
    )
    expect(session).toMatchObject({ amount_total: 500, total_details: { amount_discount: 4498 } })
  })

  test('prices and shipping rates can be given by id', async () => {
    const { stripe } = harness
    const product = await stripe.products.create({ name: 'Lamp' })
    const price = await stripe.prices.create({ currency: 'usd', unit_amount: 2500, product: product.id })
    const rate = await stripe.shippingRates.create({
      display_name: 'Post',
      type: 'fixed_amount',
      fixed_amount: { amount: 300, currency: 'usd' },
    })
    const session = await stripe.checkout.sessions.create(
      sessionParams({
        line_items: [{ price: price.id, quantity: 2 }],
        shipping_options: [{ shipping_rate: rate.id }],
        expand: ['line_items.data.price.product', 'shipping_cost.shipping_rate'],
      }),
    )
    expect(session.amount_total).toBe(5300)
    expect(session.line_items?.data[0]).toMatchObject({ description: 'Lamp', price: { product: { name: 'Lamp' } } })
    expect(session.shipping_cost?.shipping_rate).toMatchObject({ id: rate.id, display_name: 'Post' })
  })

  test.each([
    ['sooner than 30 minutes', 29 * 60, 'at least 30 minutes'],
    ['later than a day', DAY + 60, 'less than 24 hours'],
  ])('an expiry %s is refused', async (_, seconds, message) => {
    const error = await errorOf(harness.stripe.checkout.sessions.create(sessionParams({ expires_at: now() + seconds })))
    expect(error).toMatchObject({ statusCode: 400, param: 'expires_at' })
    expect(error.message).toContain(message)
  })

  test('a total below what can be charged is refused as too small', async () => {
    const error = await errorOf(
      harness.stripe.checkout.sessions.create(
        sessionParams({
          line_items: [
            { price_data: { currency: 'eur', unit_amount: 49, product_data: { name: 'Pin' } }, quantity: 1 },
          ],
        }),
      ),
    )
    expect(error).toMatchObject({ statusCode: 400, code: 'amount_too_small' })
    expect(error.message).toContain('at least €0.50 eur')
  })

  test.each([
    ['a customer that is not there', { customer: 'cus_nope' }, 'customer'],
    ['a coupon that is not there', { discounts: [{ coupon: 'nope' }] }, 'discounts[0][coupon]'],
    ['a price that is not there', { line_items: [{ price: 'price_nope', quantity: 1 }] }, 'line_items[0][price]'],
    [
      'a shipping rate that is not there',
      { shipping_options: [{ shipping_rate: 'shr_nope' }] },
      'shipping_options[0][shipping_rate]',
    ],
  ])('%s is a 400 that names the parameter', async (_, params, param) => {
    const error = await errorOf(harness.stripe.checkout.sessions.create(sessionParams(params)))
    expect(error).toMatchObject({ statusCode: 400, code: 'resource_missing', param })
  })

  test.each([
    ['customer and customer_email', { customer: 'cus_x', customer_email: 'a@b.example' }],
    ['discounts and promotion codes', { discounts: [{ coupon: 'x' }], allow_promotion_codes: true }],
    ['customer_update without a customer', { customer_update: { address: 'auto' as const } }],
    ['mode subscription', { mode: 'subscription' as const }],
    ['a line without quantity', { line_items: [{ price: 'price_x' }] }],
    [
      'two currencies',
      {
        line_items: ['usd', 'eur'].map((currency) => ({
          price_data: { currency, unit_amount: 1000, product_data: { name: 'Mug' } },
          quantity: 1,
        })),
      },
    ],
  ])('%s is refused', async (_, params) => {
    expect((await errorOf(harness.stripe.checkout.sessions.create(sessionParams(params)))).statusCode).toBe(400)
  })
})

describe('looking at sessions', () => {
  test('line items are listed in order and paged', async () => {
    const { stripe } = harness
    const line_items = Array.from({ length: 12 }, (_, index) => ({
      price_data: { currency: 'usd', unit_amount: 100 + index, product_data: { name: `Item ${index}` } },
      quantity: 1,
    }))
    const session = await stripe.checkout.sessions.create(sessionParams({ line_items, expand: ['line_items'] }))
    // An expanded list holds the first ten only.
    expect(session.line_items).toMatchObject({ has_more: true, url: `/v1/checkout/sessions/${session.id}/line_items` })
    expect(session.line_items?.data).toHaveLength(10)
    const names: (string | null)[] = []
    for await (const item of stripe.checkout.sessions.listLineItems(session.id, { limit: 5 }))
      names.push(item.description)
    expect(names).toEqual(line_items.map((_, index) => `Item ${index}`))
  })

  test('lists go newest first, page both ways, and filter', async () => {
    const shop = await startHarness()
    const { stripe } = shop
    const ids: string[] = []
    for (let index = 0; index < 5; index += 1) {
      const session = await stripe.checkout.sessions.create(sessionParams())
      ids.unshift(session.id)
      shop.advance(10)
    }
    const [newest = '', second = '', third = '', fourth = ''] = ids
    const first = await stripe.checkout.sessions.list({ limit: 2 })
    expect(first).toMatchObject({
      has_more: true,
      url: '/v1/checkout/sessions',
      data: [{ id: newest }, { id: second }],
    })
    const after = await stripe.checkout.sessions.list({ limit: 2, starting_after: second })
    expect(after.data.map(({ id }) => id)).toEqual([third, fourth])
    const before = await stripe.checkout.sessions.list({ limit: 2, ending_before: fourth })
    expect(before).toMatchObject({ has_more: true, data: [{ id: second }, { id: third }] })
    const all: string[] = []
    for await (const session of stripe.checkout.sessions.list({ limit: 2 })) all.push(session.id)
    expect(all).toEqual(ids)
    await stripe.checkout.sessions.expire(third)
    const created = (await stripe.checkout.sessions.retrieve(third)).created
    const filtered = async (params: object) => (await stripe.checkout.sessions.list(params)).data.map(({ id }) => id)
    expect(await filtered({ status: 'expired' })).toEqual([third])
    expect(await filtered({ created: { gte: created } })).toEqual([newest, second, third])
    expect(await filtered({ created: { gt: created }, status: 'open' })).toEqual([newest, second])
    expect((await errorOf(stripe.checkout.sessions.list({ starting_after: 'cs_test_nope' }))).code).toBe(
      'resource_missing',
    )
    expect((await errorOf(stripe.checkout.sessions.list({ limit: 101 }))).param).toBe('limit')
    await shop.stop()
  })

  test('what cannot be expanded is refused before anything happens', async () => {
    const { stripe } = harness
    const before = (await stripe.checkout.sessions.list({ limit: 100 })).data.length
    const error = await errorOf(stripe.checkout.sessions.create(sessionParams({ expand: ['status'] })))
    expect(error.message).toBe('This property cannot be expanded (status).')
    const onList = await errorOf(stripe.checkout.sessions.list({ expand: ['customer'] }))
    expect(onList.message).toContain("try expanding 'data.customer'")
    expect((await stripe.checkout.sessions.list({ limit: 100 })).data).toHaveLength(before)
  })

  test('metadata is merged, and an empty value removes its key', async () => {
    const { stripe } = harness
    const session = await stripe.checkout.sessions.create(sessionParams({ metadata: { a: '1', b: '2' } }))
    const updated = await stripe.checkout.sessions.update(session.id, { metadata: { b: '', c: '3' } })
    expect(updated.metadata).toEqual({ a: '1', c: '3' })
    expect((await stripe.checkout.sessions.update(session.id, { metadata: '' })).metadata).toEqual({})
  })
})
