import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, type Harness, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

describe('coupons', () => {
  test('keep the id they are given, and refuse it a second time', async () => {
    const { stripe } = harness
    const coupon = await stripe.coupons.create({
      id: 'checkout-1',
      amount_off: 500,
      currency: 'usd',
      duration: 'once',
      name: 'Spring',
      max_redemptions: 1,
      metadata: { checkout: '1' },
    })
    expect(coupon).toMatchObject({
      id: 'checkout-1',
      amount_off: 500,
      percent_off: null,
      valid: true,
      times_redeemed: 0,
    })
    const again = await errorOf(stripe.coupons.create({ id: 'checkout-1', percent_off: 5, duration: 'once' }))
    expect(again).toMatchObject({ statusCode: 400, code: 'resource_already_exists' })
  })

  test('can be renamed, listed and deleted', async () => {
    const { stripe } = harness
    await stripe.coupons.create({ id: 'gone', percent_off: 12.5, duration: 'forever' })
    expect(await stripe.coupons.update('gone', { name: 'New', metadata: { a: 'b' } })).toMatchObject({
      name: 'New',
      percent_off: 12.5,
    })
    expect((await stripe.coupons.list({ limit: 1 })).data).toMatchObject([{ id: 'gone' }])
    expect(await stripe.coupons.del('gone')).toEqual(
      expect.objectContaining({ id: 'gone', object: 'coupon', deleted: true }),
    )
    expect(await errorOf(stripe.coupons.retrieve('gone'))).toMatchObject({ statusCode: 404, code: 'resource_missing' })
  })

  test.each([
    ['neither amount nor percent', { duration: 'once' as const }],
    ['both', { duration: 'once' as const, amount_off: 5, percent_off: 5, currency: 'usd' }],
    ['an amount without currency', { duration: 'once' as const, amount_off: 5 }],
    ['over 100 percent', { duration: 'once' as const, percent_off: 101 }],
    ['nothing off', { duration: 'once' as const, percent_off: 0 }],
  ])('with %s are refused', async (_, params) => {
    expect((await errorOf(harness.stripe.coupons.create(params))).statusCode).toBe(400)
  })

  test('lapse at their time, and do not apply in another currency', async () => {
    const shop = await startHarness()
    const redeem_by = Math.floor(Date.now() / 1000) + 60
    await shop.stripe.coupons.create({ id: 'short', percent_off: 5, duration: 'once', redeem_by })
    await shop.stripe.coupons.create({ id: 'euros', amount_off: 5, currency: 'eur', duration: 'once' })
    shop.advance(61)
    expect((await shop.stripe.coupons.retrieve('short')).valid).toBe(false)
    const lapsed = shop.stripe.checkout.sessions.create(sessionParams({ discounts: [{ coupon: 'short' }] }))
    expect((await errorOf(lapsed)).code).toBe('coupon_expired')
    const foreign = shop.stripe.checkout.sessions.create(sessionParams({ discounts: [{ coupon: 'euros' }] }))
    expect((await errorOf(foreign)).param).toBe('discounts[0][coupon]')
    await shop.stop()
  })
})

describe('products and prices', () => {
  test('are created, expanded and listed', async () => {
    const { stripe } = harness
    const product = await stripe.products.create({ id: 'mug', name: 'Mug', images: ['https://shop.example/mug.png'] })
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1999,
      product: 'mug',
      lookup_key: 'mug_usd',
    })
    expect(price).toMatchObject({ type: 'one_time', unit_amount: 1999, product: 'mug', active: true })
    expect(String(price.unit_amount_decimal)).toBe('1999')
    const listed = await stripe.prices.list({ lookup_keys: ['mug_usd'], expand: ['data.product'] })
    expect(listed.data).toMatchObject([{ id: price.id, product: { id: product.id, name: 'Mug' } }])
    expect((await stripe.products.list({ ids: ['mug'] })).data).toHaveLength(1)
    expect((await errorOf(stripe.products.create({ id: 'mug', name: 'Mug' }))).code).toBe('resource_already_exists')
  })

  test('made inline by a session can be retrieved but are not listed', async () => {
    const { stripe } = harness
    const session = await stripe.checkout.sessions.create(sessionParams({ expand: ['line_items'] }))
    const price = session.line_items?.data[0]?.price
    expect(await stripe.prices.retrieve(price?.id ?? '')).toMatchObject({ active: false, unit_amount: 1999 })
    expect((await stripe.prices.list({ limit: 100 })).data.map(({ id }) => id)).not.toContain(price?.id)
    const again = stripe.checkout.sessions.create(
      sessionParams({ line_items: [{ price: price?.id ?? '', quantity: 1 }] }),
    )
    expect((await errorOf(again)).message).toContain('inactive')
  })

  test('a price of nothing is refused', async () => {
    expect((await errorOf(harness.stripe.prices.create({ currency: 'usd', unit_amount: 1 }))).statusCode).toBe(400)
    const unknown = harness.stripe.prices.create({ currency: 'usd', unit_amount: 1, product: 'prod_nope' })
    expect((await errorOf(unknown)).param).toBe('product')
  })
})

describe('customers', () => {
  test('are created, updated and found by their email', async () => {
    const { stripe } = harness
    const customer = await stripe.customers.create({
      email: 'ada@example.com',
      name: 'Ada',
      metadata: { member: '1' },
      address: { line1: 'Main Street 1', country: 'US' },
    })
    expect(customer).toMatchObject({ address: { line1: 'Main Street 1', city: null, country: 'US' }, shipping: null })
    const updated = await stripe.customers.update(customer.id, {
      name: 'Ada L.',
      metadata: { member: '', vip: 'yes' },
      address: '',
    })
    expect(updated).toMatchObject({ name: 'Ada L.', email: 'ada@example.com', metadata: { vip: 'yes' }, address: null })
    expect(updated.metadata).not.toHaveProperty('member')
    expect((await stripe.customers.list({ email: 'ada@example.com' })).data.map(({ id }) => id)).toEqual([customer.id])
    const [event] = (await stripe.events.list({ type: 'customer.updated' })).data
    expect(event?.data.previous_attributes).toMatchObject({ name: 'Ada', metadata: { member: '1' } })
  })

  test('once deleted answer as deleted, are not listed, and cannot buy', async () => {
    const { stripe } = harness
    const { id } = await stripe.customers.create({ email: 'bye@example.com' })
    expect(await stripe.customers.del(id)).toMatchObject({ id, deleted: true })
    expect(await stripe.customers.retrieve(id)).toMatchObject({ id, deleted: true })
    expect((await stripe.customers.list({ email: 'bye@example.com' })).data).toEqual([])
    expect((await errorOf(stripe.customers.update(id, { name: 'x' }))).statusCode).toBe(404)
    expect((await errorOf(stripe.customers.del(id))).statusCode).toBe(404)
    const buying = stripe.checkout.sessions.create(sessionParams({ customer: id }))
    expect(await errorOf(buying)).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' })
    const types = (await stripe.events.list({ types: ['customer.created', 'customer.deleted'], limit: 2 })).data
    expect(types.map((event) => event.type)).toEqual(['customer.deleted', 'customer.created'])
  })
})

describe('events', () => {
  test('are retrieved, filtered and paged, and tell whose call they come of', async () => {
    const { stripe } = harness
    const customer = await stripe.customers.create({ name: 'Eve' }, { idempotencyKey: 'eve' })
    const [event] = (await stripe.events.list({ type: 'customer.*', limit: 1 })).data
    expect(event).toMatchObject({
      type: 'customer.created',
      request: { id: customer.lastResponse.requestId, idempotency_key: 'eve' },
      data: { object: { id: customer.id } },
    })
    expect((await stripe.events.retrieve(event?.id ?? '')).id).toBe(event?.id)
    const types = await stripe.events.list({ types: ['coupon.created', 'customer.deleted'] })
    expect(new Set(types.data.map(({ type }) => type))).toEqual(new Set(['customer.deleted']))
    expect((await errorOf(stripe.events.retrieve('evt_nope'))).statusCode).toBe(404)
    expect((await errorOf(stripe.events.list({ type: 'a', types: ['b'] }))).statusCode).toBe(400)
  })

  test('hold the object as it was, whatever became of it', async () => {
    const { stripe } = harness
    const customer = await stripe.customers.create({ name: 'Before' })
    await stripe.customers.update(customer.id, { name: 'After' })
    const [created] = (await stripe.events.list({ type: 'customer.created', limit: 1 })).data
    expect(created?.data.object).toMatchObject({ name: 'Before' })
  })
})
