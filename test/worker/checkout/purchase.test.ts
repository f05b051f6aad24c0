import { describe, expect, test } from 'vitest'
import { addToCart, buy, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createVisitor, expectProblem } from '../support/client.ts'
import { createDiscountCode, createSku, db, stockOf } from '../support/shop.ts'
import { expire, pay, settleDebit, stripe, stripeRequests } from '../support/stripe.ts'

describe('a purchase', () => {
  test('reserves stock at the checkout and sells it with the order', async () => {
    const sku = await createSku({ onHand: 10 })
    const { client } = await createBuyer({ sku, quantity: 3 })
    const checkout = await checkOut(client)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 10, reserved: 3 })
    await pay(checkout.session_id)
    const answer = await deliverCompleted({ id: checkout.session_id })
    expect(answer.json).toMatchObject({ received: true, order_identifier: expect.stringMatching(/^ORD-[0-9A-Z]{10}$/) })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 7, reserved: 0 })
  })

  test('writes an order with all of its parts and the total that Stripe charged', async () => {
    const sku = await createSku({ amount: 2_599 })
    const discount = await createDiscountCode({ percentOff: 15 })
    const { client } = await createBuyer({ sku, quantity: 3 })
    expect((await client.post('/v1/cart/discount-codes', { code: discount.code })).status).toBe(200)
    const { checkout, identifier } = await buy(client)
    const session = await stripe.checkout.sessions.retrieve(checkout.session_id)
    const [order] = await db`SELECT * FROM orders WHERE identifier = ${identifier}`
    expect(order).toMatchObject({
      checkout_id: checkout.checkout_id,
      email: 'jane@example.com',
      total_amount: session.amount_total,
    })
    const parts = [
      'order_payments',
      'order_items',
      'order_shipping_addresses',
      'order_billing_addresses',
      'order_discounts',
      'order_statuses',
      'order_shipping_methods',
      'email_outbox',
    ]
    for (const table of parts) {
      const rows = await db.query(`SELECT 1 FROM ${table} WHERE order_id = $1`, [order!.id])
      expect(rows, table).toHaveLength(1)
    }
    const [payment] = await db`SELECT * FROM order_payments WHERE order_id = ${order!.id}`
    expect(payment).toMatchObject({ stripe_payment_intent_id: session.payment_intent, amount: session.amount_total })
    const [code] = await db`SELECT reserved_count, redeemed_count FROM discount_codes WHERE id = ${discount.id}`
    expect(code).toEqual({ reserved_count: 0, redeemed_count: 1 })
    expect(order!.prospect_id).not.toBeNull()
  })

  test('empties the cart of what was bought and leaves what was added since', async () => {
    const [first, second] = [await createSku(), await createSku()]
    const { client } = await createBuyer({ sku: first, quantity: 2 })
    const checkout = await checkOut(client)
    await pay(checkout.session_id)
    await addToCart(client, first.skuId, 1)
    await addToCart(client, second.skuId, 4)
    await deliverCompleted({ id: checkout.session_id })
    const { items } = (await client.get('/v1/cart')).json
    expect(items.map((item: { sku_id: string; quantity: number }) => [item.sku_id, item.quantity])).toEqual([
      [first.skuId, 1],
      [second.skuId, 4],
    ])
  })

  test('keeps the prices of the checkout when the price list changes before the payment', async () => {
    const sku = await createSku({ amount: 1_000 })
    const { client } = await createBuyer({ sku })
    const checkout = await checkOut(client)
    await db`INSERT INTO sku_prices (sku_id, amount, currency, effective_at) VALUES (${sku.skuId}, 9000, 'usd', now())`
    await pay(checkout.session_id)
    const { order_identifier: identifier } = (await deliverCompleted({ id: checkout.session_id })).json
    const order = (await client.get(`/v1/orders/${identifier}`)).json
    expect(order.items[0].unit_price).toEqual({ amount: 1_000, currency: 'usd' })
  })

  test('costs nothing when a discount covers everything, and still makes an order', async () => {
    const sku = await createSku({ amount: 700 })
    const all = await createDiscountCode({ percentOff: 100, combinable: true })
    const ship = await createDiscountCode({ kind: 'free_shipping', combinable: true })
    const { client } = await createBuyer({ sku })
    for (const { code } of [all, ship]) await client.post('/v1/cart/discount-codes', { code })
    const { identifier } = await buy(client)
    const order = (await client.get(`/v1/orders/${identifier}`)).json
    expect(order.totals.total).toEqual({ amount: 0, currency: 'usd' })
  })
})

describe('tax', () => {
  test('that Stripe works out is added to the order, whose total is what was charged', async () => {
    const { client } = await createBuyer({ overrides: { AUTOMATIC_TAX: 'on' } })
    const { checkout, identifier } = await buy(client)
    const session = await stripe.checkout.sessions.retrieve(checkout.session_id)
    const { totals } = (await client.get(`/v1/orders/${identifier}`)).json
    expect(totals.tax.amount).toBeGreaterThan(0)
    expect(totals.tax.amount).toBe(session.total_details?.amount_tax)
    expect(totals.total.amount).toBe(session.amount_total)
  })
})

describe('the order', () => {
  test('is shown to its buyer and to the bearer of the link, and to nobody else', async () => {
    const { client } = await createBuyer()
    const { identifier } = await buy(client)
    expect((await client.get(`/v1/orders/${identifier}`)).json).toMatchObject({
      identifier,
      status: 'accepted',
      email: 'jane@example.com',
    })
    const stranger = await createVisitor()
    expectProblem(await stranger.get(`/v1/orders/${identifier}`), 404, 'not-found')
    expectProblem(await stranger.get(`/v1/orders/${identifier}?token=forged`), 404, 'not-found')
  })
})

describe('the return page', () => {
  test('places the order itself when the webhook has not come', async () => {
    const { client, sku } = await createBuyer({ quantity: 2 })
    const { session_id } = await checkOut(client)
    await pay(session_id)
    const first = (await client.get(`/v1/checkout/${session_id}`)).json
    expect(first).toEqual({ status: 'complete', order_identifier: expect.stringMatching(/^ORD-/) })
    expect((await deliverCompleted({ id: session_id })).json).toMatchObject({
      order_identifier: first.order_identifier,
    })
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual(first)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 98, reserved: 0 })
  })

  test('leads back to the payment page while that is open, and no longer', async () => {
    const { client } = await createBuyer()
    const { session_id, url, expires_at } = await checkOut(client)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'open', url, expires_at })
    await expire(session_id)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'expired' })
  })

  test('asks Stripe two times a second at most, and answers with what the shop knows beyond that', async () => {
    const { client } = await createBuyer({ overrides: { RATE_LIMITS: 'on' } })
    const { session_id, url, expires_at } = await checkOut(client)
    const open = { status: 'open', url, expires_at }
    const asked = () => client.get(`/v1/checkout/${session_id}`)
    const before = (await stripeRequests()).length
    const answers = await Promise.all(Array.from({ length: 130 }, asked))
    const bodies = answers.map(({ status, json }) => ({ status, json }))
    const [known, unknown] = [
      { status: 200, json: open },
      { status: 200, json: { ...open, payment: 'unknown' } },
    ]
    expect(bodies.filter(({ json }) => json.payment === undefined)).toEqual(Array.from({ length: 120 }, () => known))
    expect(bodies.filter(({ json }) => json.payment !== undefined)).toEqual(Array.from({ length: 10 }, () => unknown))
    expect((await stripeRequests()).length - before).toBe(120)
  })

  test('asks Stripe no more than that while the shop has not stored the session either: then it says to come back', async () => {
    const BURST_120 = { limit: async () => ({ success: false }) }
    const { client } = await createBuyer({ overrides: { RATE_LIMITS: 'on', BURST_120 } })
    const { session_id, checkout_id } = await checkOut(client)
    await db`UPDATE checkouts SET stripe_session_id = NULL, stripe_session_url = NULL WHERE id = ${checkout_id}`
    const before = (await stripeRequests()).length
    for (const id of [session_id, 'cs_test_unknown']) {
      const answer = await client.get(`/v1/checkout/${id}`)
      const { policies } = expectProblem(answer, 429, 'rate-limited')
      expect(policies).toEqual(['checkout-result', 'checkout-result-address'])
      expect(answer.headers.get('Retry-After')).toBe('60')
    }
    expect((await stripeRequests()).length).toBe(before)
  })

  test('tells strangers nothing', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    expectProblem(await (await createVisitor()).get(`/v1/checkout/${session_id}`), 404, 'not-found')
    expectProblem(await client.get('/v1/checkout/cs_test_unknown'), 404, 'not-found')
  })

  test('says expired and gives the stock back when the session expired', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    await expire(session_id)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'expired' })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('waits for a bank debit with the stock reserved, and completes when it succeeds', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id, { payment_method: 'bank_debit' })
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'processing' })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
    await settleDebit(session_id, 'succeeded')
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'complete' })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
  })

  test('says failed, gives the stock back and writes to the customer when a bank debit fails', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    const email = `${crypto.randomUUID()}@example.com`
    await pay(session_id, { payment_method: 'bank_debit', email })
    await client.get(`/v1/checkout/${session_id}`)
    await settleDebit(session_id, 'failed')
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'failed' })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    expect(await db`SELECT em_cd FROM email_outbox WHERE to_address = ${email}`).toEqual([{ em_cd: 'payment_failed' }])
  })
})
