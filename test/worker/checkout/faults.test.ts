import { createExecutionContext, createScheduledController, env, waitOnExecutionContext } from 'cloudflare:test'
import { afterEach, describe, expect, test } from 'vitest'
import worker from '../../../src/index.ts'
import { type Checkout, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createVisitor, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, createDiscountCode, createSku, db, failDatabase, stockOf } from '../support/shop.ts'
import { clearStripeFaults, deliver, failStripe, pay, sessionEvent, stripe } from '../support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }
const EVER = 1_000

/** Every table that placing an order writes. */
const WRITES = [
  'INSERT INTO webhook_events',
  'INSERT INTO prospects',
  'INSERT INTO orders',
  'INSERT INTO order_payments',
  'INSERT INTO "order_shipping_addresses"',
  'INSERT INTO "order_billing_addresses"',
  'INSERT INTO order_items',
  'INSERT INTO order_discounts',
  'INSERT INTO order_statuses',
  'INSERT INTO order_shipping_methods',
  'INSERT INTO email_outbox',
  'UPDATE discount_codes',
  'UPDATE skus',
  "UPDATE checkouts SET status = 'complete'",
]

async function tick(overrides: Record<string, unknown> = {}): Promise<void> {
  const runtime = createExecutionContext()
  await worker.scheduled(createScheduledController(), { ...env, ...overrides }, runtime)
  await waitOnExecutionContext(runtime)
}

/** A paid checkout of two units with a discount code. */
async function paidCheckout() {
  const sku = await createSku({ onHand: 10 })
  const { client } = await createBuyer({ sku, quantity: 2 })
  const { code } = await createDiscountCode()
  await client.post('/v1/cart/discount-codes', { code })
  const checkout = await checkOut(client)
  await pay(checkout.session_id)
  return { client, sku, checkout }
}

async function expectNoTrace({ checkout_id }: Checkout, skuId: string): Promise<void> {
  expect(await db`SELECT 1 FROM orders WHERE checkout_id = ${checkout_id}`).toEqual([])
  expect(await stockOf(skuId)).toEqual({ on_hand: 10, reserved: 2 })
}

async function expectOneWholeOrder({ checkout_id }: Checkout, skuId: string): Promise<string> {
  const orders = await db`SELECT o.identifier, o.total_amount,
      (SELECT count(*)::int FROM order_payments p WHERE p.order_id = o.id) AS payments,
      (SELECT count(*)::int FROM order_items i WHERE i.order_id = o.id) AS items,
      (SELECT count(*)::int FROM order_shipping_addresses a WHERE a.order_id = o.id) AS shipping_addresses,
      (SELECT count(*)::int FROM order_billing_addresses a WHERE a.order_id = o.id) AS billing_addresses,
      (SELECT count(*)::int FROM order_discounts d WHERE d.order_id = o.id) AS discounts,
      (SELECT count(*)::int FROM order_statuses s WHERE s.order_id = o.id) AS statuses,
      (SELECT count(*)::int FROM order_shipping_methods m WHERE m.order_id = o.id) AS shipping_methods,
      (SELECT count(*)::int FROM email_outbox e WHERE e.order_id = o.id) AS emails
    FROM orders o WHERE o.checkout_id = ${checkout_id}`
  expect(orders).toEqual([
    {
      identifier: expect.stringMatching(/^ORD-/),
      total_amount: expect.any(Number),
      payments: 1,
      items: 1,
      shipping_addresses: 1,
      billing_addresses: 1,
      discounts: 1,
      statuses: 1,
      shipping_methods: 1,
      emails: 1,
    },
  ])
  expect(await stockOf(skuId)).toEqual({ on_hand: 8, reserved: 0 })
  return orders[0]!.identifier
}

afterEach(async () => {
  await clearDatabaseFaults()
  await clearStripeFaults()
})

describe('the database fails while an order is written', () => {
  test.each(WRITES)('before %s: nothing is half written, and a retry places the order', async (statement) => {
    const { client, sku, checkout } = await paidCheckout()
    const event = sessionEvent('checkout.session.completed', { id: checkout.session_id })
    await failDatabase(statement, 'before', EVER)
    expectProblem(await deliver(event), 503, 'database-unavailable')
    await expectNoTrace(checkout, sku.skuId)
    await clearDatabaseFaults()
    expect((await deliver(event)).status).toBe(200)
    const identifier = await expectOneWholeOrder(checkout, sku.skuId)
    expect((await client.get(`/v1/checkout/${checkout.session_id}`)).json).toEqual({
      status: 'complete',
      order_identifier: identifier,
    })
  })

  test.each(WRITES)('after the commit of %s: the lost answer is found again, once', async (statement) => {
    const { client, sku, checkout } = await paidCheckout()
    await failDatabase(statement, 'after_commit')
    const answer = await deliverCompleted({ id: checkout.session_id })
    expect(answer.json).toMatchObject({ order_identifier: await expectOneWholeOrder(checkout, sku.skuId) })
    expect((await client.get('/v1/cart')).json.items).toEqual([])
  })

  test('and every answer is lost: the return page still says complete', async () => {
    const { client, sku, checkout } = await paidCheckout()
    await failDatabase('INSERT INTO orders', 'after_commit', 4)
    await deliverCompleted({ id: checkout.session_id })
    expect((await client.get(`/v1/checkout/${checkout.session_id}`)).json).toMatchObject({ status: 'complete' })
    await expectOneWholeOrder(checkout, sku.skuId)
  })

  test('while the cart is cleared: the order stands, the failure is recorded, the sweep clears it', async () => {
    const { client, sku, checkout } = await paidCheckout()
    await failDatabase('DELETE FROM cart_items', 'before', EVER)
    expect((await deliverCompleted({ id: checkout.session_id })).status).toBe(200)
    const identifier = await expectOneWholeOrder(checkout, sku.skuId)
    const failures =
      await db`SELECT type, phase FROM order_email_failures f JOIN orders o ON o.id = f.order_id WHERE o.identifier = ${identifier}`
    expect(failures).toEqual([{ type: 'cart_deletion', phase: 5 }])
    await clearDatabaseFaults()
    await db`UPDATE checkouts SET closed_at = closed_at - interval '5 minutes' WHERE id = ${checkout.checkout_id}`
    await tick()
    expect((await client.get('/v1/cart')).json.items).toEqual([])
  })
})

describe('the database fails while a checkout is started', () => {
  test('before it: nothing is reserved, and the next attempt works', async () => {
    const { client, sku } = await createBuyer()
    await failDatabase('insert into "checkouts"', 'before', EVER)
    expectProblem(await client.post('/v1/checkout', TERMS), 503, 'database-unavailable')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    await clearDatabaseFaults()
    await checkOut(client)
  })

  test('after its commit: the checkout is found again and reserved once', async () => {
    const { client, sku } = await createBuyer()
    await failDatabase('insert into "checkouts"', 'after_commit')
    expect((await client.post('/v1/checkout', TERMS)).status).toBe(201)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })

  test('while the session is stored: the webhook and the return page find the checkout all the same', async () => {
    const { client, checkout_id, session_id } = await (async () => {
      const { client } = await createBuyer()
      await failDatabase('UPDATE checkouts SET stripe_session_id', 'before', EVER)
      return { client, ...(await checkOut(client)) }
    })()
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'open' })
    await pay(session_id)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'complete' })
    expect(await db`SELECT stripe_session_id FROM checkouts WHERE id = ${checkout_id}`).toEqual([
      { stripe_session_id: session_id },
    ])
  })
})

describe('Stripe fails while the session is made', () => {
  const CREATE = { method: 'POST', path: '/v1/checkout/sessions' }

  /** No call is answered any more; with `after`, the first one took effect all the same. */
  async function failForGood(when: 'before' | 'after'): Promise<void> {
    if (when === 'after') await failStripe({ ...CREATE, when, status: 500 })
    await failStripe({ ...CREATE, when: 'before', status: 500, times: EVER })
  }

  test.each(['before', 'after'] as const)('once, %s it takes effect: the buyer does not notice', async (when) => {
    const { client } = await createBuyer()
    await failStripe({ ...CREATE, when, status: 500 })
    const { session_id } = await checkOut(client)
    expect((await stripe.checkout.sessions.retrieve(session_id)).status).toBe('open')
  })

  test('by not answering after it took effect: the same session is found again', async () => {
    const { client, sku } = await createBuyer()
    await failStripe({ ...CREATE, when: 'after', status: 'timeout' })
    const { checkout_id, session_id } = await checkOut(client)
    const sessions = await stripe.checkout.sessions.list({ limit: 100 })
    expect(sessions.data.filter((session) => session.client_reference_id === checkout_id).map(({ id }) => id)).toEqual([
      session_id,
    ])
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })

  test.each(['before', 'after'] as const)(
    'for good, %s it takes effect: 502, the stock is kept until Stripe says so, then released',
    async (when) => {
      const { client, sku } = await createBuyer()
      await failForGood(when)
      expectProblem(await client.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
      await tick()
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
      await clearStripeFaults()
      await db`UPDATE checkouts c SET next_sweep_at = now() - interval '1 second' FROM checkout_items i WHERE i.checkout_id = c.id AND i.sku_id = ${sku.skuId}`
      await tick()
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
      const [checkout] =
        await db`SELECT c.id, c.status FROM checkouts c JOIN checkout_items i ON i.checkout_id = c.id WHERE i.sku_id = ${sku.skuId}`
      expect(checkout!.status).toBe('expired')
      const sessions = await stripe.checkout.sessions.list({ limit: 100 })
      for (const session of sessions.data.filter(({ client_reference_id }) => client_reference_id === checkout!.id)) {
        expect(session.status).toBe('expired')
      }
      await checkOut(client)
    },
  )

  test('and the buyer tries again at once: the same checkout goes on', async () => {
    const { client, sku } = await createBuyer()
    await failForGood('after')
    expectProblem(await client.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
    await clearStripeFaults()
    const { session_id } = await checkOut(client)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
    await tick()
    expect((await stripe.checkout.sessions.retrieve(session_id)).status).toBe('open')
  })
})

describe('Stripe fails while an event is handled', () => {
  test('the event is refused so that Stripe sends it again, and takes effect then', async () => {
    const { sku, checkout } = await paidCheckout()
    const event = sessionEvent('checkout.session.completed', { id: checkout.session_id })
    await failStripe({
      method: 'GET',
      path: `/v1/checkout/sessions/${checkout.session_id}`,
      when: 'before',
      status: 500,
      times: EVER,
    })
    expectProblem(await deliver(event), 502, 'stripe-api-error')
    await expectNoTrace(checkout, sku.skuId)
    await clearStripeFaults()
    expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
    await expectOneWholeOrder(checkout, sku.skuId)
    expect(await db`SELECT outcome, error_code FROM webhook_events WHERE id = ${event.id}`).toEqual([
      { outcome: 'processed', error_code: null },
    ])
  })
})

describe('the webhook never comes', () => {
  test('the sweep places the order of a paid session within a tick', async () => {
    const { sku, checkout } = await paidCheckout()
    await Promise.all([tick(), tick()])
    await expectOneWholeOrder(checkout, sku.skuId)
  })

  test('the sweep gives back what an expired session held', async () => {
    const { client, sku } = await createBuyer()
    const { checkout_id } = await checkOut(client)
    await db`UPDATE checkouts SET expires_at = now() - interval '2 minutes', next_sweep_at = now() - interval '1 second' WHERE id = ${checkout_id}`
    await Promise.all([tick(), tick()])
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('the sweep ends a checkout whose Worker died before it asked Stripe', async () => {
    const { client, sku } = await createBuyer()
    await failStripe({ method: 'POST', path: '/v1/checkout/sessions', when: 'before', status: 500, times: 3 })
    await client.post('/v1/checkout', TERMS)
    await db`UPDATE checkouts c SET abandoned_at = NULL, next_sweep_at = now() - interval '1 second' FROM checkout_items i WHERE i.checkout_id = c.id AND i.sku_id = ${sku.skuId}`
    await tick()
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('the sweep asks after a bank debit whose event was lost', async () => {
    const { client, sku } = await createBuyer()
    const { session_id, checkout_id } = await checkOut(client)
    await pay(session_id, { payment_method: 'bank_debit' })
    await client.get(`/v1/checkout/${session_id}`)
    await fetch(`${env.STRIPE_API_BASE}/_emulator/checkout/sessions/${session_id}/settle`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"outcome":"succeeded"}',
    })
    await db`UPDATE checkouts SET next_sweep_at = now() - interval '1 second' WHERE id = ${checkout_id}`
    await tick()
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
  })
})

describe('events out of order', () => {
  test('an expiry that is told after the payment changes nothing, and one told of an open session neither', async () => {
    const { sku, checkout } = await paidCheckout()
    expect((await deliver(sessionEvent('checkout.session.expired', { id: checkout.session_id }))).status).toBe(200)
    await expectOneWholeOrder(checkout, sku.skuId)
    const { client, sku: other } = await createBuyer()
    const open = await checkOut(client)
    await deliver(sessionEvent('checkout.session.expired', { id: open.session_id }))
    expect(await stockOf(other.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })

  test('an event that came while the debit was pending places the order when it is sent again after the success', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id, { payment_method: 'bank_debit' })
    const event = sessionEvent('checkout.session.completed', { id: session_id })
    expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
    await fetch(`${env.STRIPE_API_BASE}/_emulator/checkout/sessions/${session_id}/settle`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"outcome":"succeeded"}',
    })
    expect((await deliver(event)).json).toMatchObject({ order_identifier: expect.stringMatching(/^ORD-/) })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
  })
})

describe('the queue', () => {
  test('refuses the email: the order stands, and the sweep queues it again', async () => {
    const sent: unknown[] = []
    const broken = {
      send: () => Promise.reject(new Error('queue down')),
      sendBatch: () => Promise.reject(new Error('queue down')),
    }
    const working = {
      send: async (message: unknown) => void sent.push(message),
      sendBatch: async (messages: unknown[]) => void sent.push(...messages),
    }
    const { sku, checkout } = await paidCheckout()
    const visitor = await createVisitor({ EMAIL_QUEUE: broken })
    const answer = await deliver(sessionEvent('checkout.session.completed', { id: checkout.session_id }), visitor)
    expect(answer.status).toBe(200)
    await expectOneWholeOrder(checkout, sku.skuId)
    const [row] =
      await db`UPDATE email_outbox e SET next_sweep_at = now() - interval '1 second' FROM orders o WHERE o.id = e.order_id AND o.checkout_id = ${checkout.checkout_id} RETURNING e.id`
    await tick({ EMAIL_QUEUE: working })
    expect(JSON.stringify(sent)).toContain(row!.id)
  })
})
