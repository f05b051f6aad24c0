import { afterEach, describe, expect, test } from 'vitest'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { tick } from '../support/cron.ts'
import { expectProblem } from '../support/client.ts'
import { expectNoTrace, expectOneWholeOrder, paidCheckout } from '../support/paid-checkout.ts'
import { clearDatabaseFaults, db, failDatabase, stockOf } from '../support/shop.ts'
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
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'open' })
    await pay(session_id)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'complete' })
    expect(await db`SELECT stripe_session_id FROM checkouts WHERE id = ${checkout_id}`).toEqual([
      { stripe_session_id: session_id },
    ])
  })
})

describe('Stripe fails while the session is made', () => {
  const CREATE = { method: 'POST', path: '/v1/checkout/sessions' }

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

  test('for good: 502, the stock is kept until Stripe says so, then released', async () => {
    const { client, sku } = await createBuyer()
    await failStripe({ ...CREATE, when: 'before', status: 500, times: EVER })
    expectProblem(await client.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
    await tick()
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
    await clearStripeFaults()
    const [checkout] = await db`UPDATE checkouts c SET next_sweep_at = now() - interval '1 second'
      FROM checkout_items i WHERE i.checkout_id = c.id AND i.sku_id = ${sku.skuId} RETURNING c.id`
    await tick()
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    expect(await db`SELECT status FROM checkouts WHERE id = ${checkout!.id}`).toEqual([{ status: 'expired' }])
    const sessions = await stripe.checkout.sessions.list({ limit: 100 })
    const made = sessions.data.filter((session) => session.client_reference_id === checkout!.id)
    expect(made.map(({ status }) => status)).toEqual(['expired'])
    await checkOut(client)
  })

  test('and the buyer tries again at once: the same checkout goes on', async () => {
    const { client, sku } = await createBuyer()
    await failStripe({ ...CREATE, when: 'before', status: 500, times: EVER })
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
