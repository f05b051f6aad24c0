import { afterEach, describe, expect, test } from 'vitest'
import { addToCart, buy, checkOut, createBuyer } from '../support/buyer.ts'
import { createVisitor, expectProblem } from '../support/client.ts'
import { createDiscountCode, createSku, db, stockOf } from '../support/shop.ts'
import { pay, stripe } from '../support/stripe.ts'
import { announceTerms, withdrawAnnouncedTerms } from '../support/terms.ts'

const usd = (amount: number) => ({ amount, currency: 'usd' })
const TERMS = { agreed_with_terms_of_sale: true }

describe('starting a checkout', () => {
  test('answers 201 with a payment page, and 200 with the same one while the cart is unchanged', async () => {
    const { client } = await createBuyer()
    const first = await client.post('/v1/checkout', TERMS)
    const second = await client.post('/v1/checkout', TERMS)
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.json).toEqual(first.json)
    expect(first.json).toMatchObject({
      session_id: expect.stringMatching(/^cs_/),
      url: expect.stringContaining('/c/pay/'),
    })
  })

  test('charges the prices of the server, whatever the client sends', async () => {
    const { client } = await createBuyer({ sku: await createSku({ amount: 5_000 }) })
    expectProblem(await client.post('/v1/checkout', { ...TERMS, total: 1 }), 422, 'validation-failed')
    const { session_id } = await checkOut(client)
    expect((await stripe.checkout.sessions.retrieve(session_id)).amount_subtotal).toBe(5_000)
  })

  test('ends the old session and gives its stock back when the cart has changed', async () => {
    const { client, sku } = await createBuyer()
    const old = await checkOut(client)
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 4 })
    const fresh = await checkOut(client)
    expect(fresh.session_id).not.toBe(old.session_id)
    expect((await stripe.checkout.sessions.retrieve(old.session_id)).status).toBe('expired')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 4 })
    expect((await client.get(`/v1/checkout/${old.session_id}`)).json).toEqual({ status: 'expired' })
  })

  test('lets a buyer who holds the last units change the cart and check out again', async () => {
    const { client, sku } = await createBuyer({ sku: await createSku({ onHand: 3 }), quantity: 3 })
    await checkOut(client)
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 2 })
    await checkOut(client)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 3, reserved: 2 })
  })

  test('places the order and refuses when the old checkout turns out to be paid', async () => {
    const { client, sku } = await createBuyer()
    const { session_id, checkout_id } = await checkOut(client)
    await pay(session_id)
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 2 })
    const problem = expectProblem(await client.post('/v1/checkout', TERMS), 409, 'checkout-already-paid')
    const orders = await db`SELECT identifier FROM orders WHERE checkout_id = ${checkout_id}`
    expect(orders).toEqual([{ identifier: problem.order_identifier }])
  })

  test('names the SKUs that are short and what is left, and reserves nothing', async () => {
    const [scarce, plenty] = [await createSku({ onHand: 2 }), await createSku()]
    const { client } = await createBuyer({ sku: scarce, quantity: 5 })
    await addToCart(client, plenty.skuId)
    const problem = expectProblem(await client.post('/v1/checkout', TERMS), 409, 'insufficient-stock')
    expect(problem.skus).toEqual([{ sku_id: scarce.skuId, requested: 5, available_quantity: 2 }])
    expect(await stockOf(scarce.skuId)).toEqual({ on_hand: 2, reserved: 0 })
    expect(await stockOf(plenty.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('counts untracked stock without limiting it', async () => {
    const { client, sku } = await createBuyer({ sku: await createSku({ onHand: null }), quantity: 99 })
    await buy(client)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: null, reserved: 0 })
  })

  test('refuses an empty cart, terms not agreed to, a bad email and a total that was not shown', async () => {
    const nobody = await createVisitor()
    expectProblem(await nobody.post('/v1/checkout', TERMS), 422, 'cart-empty')
    const { client, sku } = await createBuyer()
    expectProblem(await client.post('/v1/checkout', {}), 422, 'validation-failed')
    expectProblem(await client.post('/v1/checkout', { agreed_with_terms_of_sale: false }), 422, 'validation-failed')
    expectProblem(await client.post('/v1/checkout', { ...TERMS, email: 'nobody' }), 422, 'validation-failed')
    for (const expected_total of [1_500, { amount: '1500', currency: 'usd' }, { amount: 1_500 }])
      expectProblem(await client.post('/v1/checkout', { ...TERMS, expected_total }), 422, 'validation-failed')
    for (const expected_total of [usd(1), { ...(await client.get('/v1/cart')).json.totals.total, currency: 'eur' }])
      expectProblem(await client.post('/v1/checkout', { ...TERMS, expected_total }), 409, 'price-changed')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('who was shown another total does not get the checkout that is open', async () => {
    const { client } = await createBuyer()
    await checkOut(client)
    const { total } = expectProblem(
      await client.post('/v1/checkout', { ...TERMS, expected_total: usd(1) }),
      409,
      'price-changed',
    )
    expect(total).toEqual((await client.get('/v1/cart')).json.totals.total)
    const again = await client.post('/v1/checkout', { ...TERMS, expected_total: total })
    expect(again.status, again.text).toBe(200)
  })

  test('refuses an amount that cannot be charged, and gives the stock back', async () => {
    const sku = await createSku({ amount: 10 })
    const ship = await createDiscountCode({ kind: 'free_shipping' })
    const { client } = await createBuyer({ sku })
    await client.post('/v1/cart/discount-codes', { code: ship.code })
    expectProblem(await client.post('/v1/checkout', TERMS), 422, 'amount-too-small')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test.each([
    [2_000_000_000, 99, 100],
    [2_000_000_000, 1, 99],
    [100_000_000, 1, 50],
    [60_000_000, 2, 10],
  ])(
    'refuses %i × %i less %i percent: more than Stripe takes, however little is left to pay',
    async (amount, n, off) => {
      const { client, sku } = await createBuyer({ sku: await createSku({ amount }), quantity: n })
      const { code } = await createDiscountCode({ percentOff: off })
      await client.post('/v1/cart/discount-codes', { code })
      expectProblem(await client.post('/v1/checkout', TERMS), 422, 'total-too-large')
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    },
  )

  test('asks for an email address where a code is limited per customer', async () => {
    const code = await createDiscountCode({ perCustomerLimit: 1 })
    const { client } = await createBuyer()
    await client.post('/v1/cart/discount-codes', { code: code.code })
    expectProblem(await client.post('/v1/checkout', TERMS), 422, 'discount-needs-email')
    await checkOut(client, { email: 'jane@example.com' })
  })
})

describe('the terms of sale', () => {
  afterEach(withdrawAnnouncedTerms)

  const agreedVersion = async (checkoutId: string): Promise<string> =>
    (await db`SELECT terms_of_sale_version AS version FROM checkouts WHERE id = ${checkoutId}`)[0]!.version

  test('that hold are the ones agreed to, not those that are announced', async () => {
    const { version } = (await createVisitor().then((visitor) => visitor.get('/v1/terms/sale'))).json
    const announced = await announceTerms('sale')
    const { client } = await createBuyer()
    const { checkout_id } = await checkOut(client)
    expect(await agreedVersion(checkout_id)).toBe(version)
    expect(version).not.toBe(announced.version)
  })

  test('get an unchanged cart a new checkout when they change', async () => {
    const { version, takeEffect } = await announceTerms('sale')
    const { client, sku } = await createBuyer()
    const before = await checkOut(client)
    takeEffect()
    const after = await client.post('/v1/checkout', TERMS)
    expect(after.status, after.text).toBe(201)
    expect(await agreedVersion(after.json.checkout_id)).toBe(version)
    expect((await stripe.checkout.sessions.retrieve(before.session_id)).status).toBe('expired')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })
})

describe('an Idempotency-Key', () => {
  const key = () => ({ 'Idempotency-Key': crypto.randomUUID() })

  test('gets the same checkout again, after the payment too', async () => {
    const { client } = await createBuyer()
    const headers = key()
    const first = await client.post('/v1/checkout', TERMS, headers)
    expect(first.status).toBe(201)
    expect((await client.post('/v1/checkout', TERMS, headers)).json).toEqual(first.json)
    await pay(first.json.session_id)
    await client.get(`/v1/checkout/${first.json.session_id}`)
    const after = await client.post('/v1/checkout', TERMS, headers)
    expect([after.status, after.json.session_id]).toEqual([200, first.json.session_id])
  })

  test('is refused for another request', async () => {
    const { client } = await createBuyer()
    const headers = key()
    await client.post('/v1/checkout', TERMS, headers)
    expectProblem(
      await client.post('/v1/checkout', { ...TERMS, email: 'a@example.com' }, headers),
      422,
      'idempotency-key-reused',
    )
    expectProblem(
      await client.post('/v1/checkout', TERMS, { 'Idempotency-Key': 'k'.repeat(300) }),
      422,
      'validation-failed',
    )
  })
})
