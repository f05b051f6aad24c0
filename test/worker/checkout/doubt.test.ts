import { afterEach, describe, expect, test } from 'vitest'
import { type Checkout, checkOut, createBuyer } from '../support/buyer.ts'
import { tick } from '../support/cron.ts'
import { type Client, createClient, expectProblem } from '../support/client.ts'
import { clearDatabaseFaults, createSku, db, failDatabase, stockOf } from '../support/shop.ts'
import {
  clearStripeFaults,
  deliver,
  expire,
  failStripe,
  pay,
  sessionEvent,
  stripe,
  stripeRequests,
} from '../support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }
const EVER = 1_000
/** What a deploy may change; Stripe then refuses the key of a session made before. */
const AFTER_DEPLOY = { SHIPPING_COUNTRIES: 'US' }

const isDue = (checkoutId: string) =>
  db`UPDATE checkouts SET next_sweep_at = now() - interval '1 second' WHERE id = ${checkoutId}`

/** The same browser, talking to a Worker with other settings. */
function withSettings(client: Client, overrides: Record<string, unknown>): Client {
  const other = createClient(overrides)
  for (const [name, value] of client.cookies) other.cookies.set(name, value)
  return other
}

/** A checkout whose buyer has the payment page, and whose session id never reached the database. */
async function checkoutWithUnknownSession() {
  const { client, sku } = await createBuyer({ sku: await createSku({ onHand: 10 }), quantity: 2 })
  await client.csrf()
  await failDatabase('UPDATE checkouts SET stripe_session_id', 'before', EVER)
  const checkout: Checkout = await checkOut(client)
  await clearDatabaseFaults()
  return { client, sku, checkout }
}

afterEach(async () => {
  await clearDatabaseFaults()
  await clearStripeFaults()
})

describe('a key that Stripe knows with other parameters', () => {
  test('says nothing about the session: the sweep keeps the stock, and the payment becomes the order', async () => {
    const { client, sku, checkout } = await checkoutWithUnknownSession()
    await isDue(checkout.checkout_id)
    await tick(AFTER_DEPLOY)
    expect((await stripe.checkout.sessions.retrieve(checkout.session_id)).status).toBe('open')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 10, reserved: 2 })
    await pay(checkout.session_id)
    expect((await client.get(`/v1/checkout/${checkout.session_id}`)).json).toMatchObject({ status: 'complete' })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 8, reserved: 0 })
  })

  test('keeps an overdue checkout reserved until Stripe says what became of its session', async () => {
    const { sku, checkout } = await checkoutWithUnknownSession()
    await db`UPDATE checkouts SET expires_at = expires_at - interval '2 hours' WHERE id = ${checkout.checkout_id}`
    await isDue(checkout.checkout_id)
    await tick()
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 10, reserved: 2 })
  })

  test('does not let a changed cart replace a checkout that can still be paid', async () => {
    const { client, sku, checkout } = await checkoutWithUnknownSession()
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 3 })
    const later = withSettings(client, AFTER_DEPLOY)
    await later.csrf()
    expectProblem(await later.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
    expect((await stripe.checkout.sessions.retrieve(checkout.session_id)).status).toBe('open')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 10, reserved: 2 })
  })

  test('does not give up a checkout that is asked for again', async () => {
    const { client, sku, checkout } = await checkoutWithUnknownSession()
    const later = withSettings(client, AFTER_DEPLOY)
    await later.csrf()
    expectProblem(await later.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 10, reserved: 2 })
    expect(await db`SELECT status FROM checkouts WHERE id = ${checkout.checkout_id}`).toEqual([{ status: 'open' }])
  })
})

describe('ending a session', () => {
  test('that Stripe refuses to end while it is open ends nothing, and is not called a payment', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 3 })
    await failStripe({
      method: 'POST',
      path: `/v1/checkout/sessions/${session_id}/expire`,
      when: 'before',
      status: 400,
      times: EVER,
    })
    expectProblem(await client.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })
})

describe('two calls for one checkout', () => {
  test('of which one fails late do not take the payment page from the buyer', async () => {
    const { client } = await createBuyer()
    // Nothing listens there: the SDK gives up only after its retries.
    const unlucky = withSettings(client, { STRIPE_API_BASE: 'http://127.0.0.1:9' })
    await unlucky.csrf()
    const failing = unlucky.post('/v1/checkout', TERMS)
    const deadline = Date.now() + 5_000
    const [{ visitor_id }] = (await db`SELECT visitor_id FROM carts ORDER BY id DESC LIMIT 1`) as [
      { visitor_id: string },
    ]
    const isWritten = async () => (await db`SELECT 1 FROM checkouts WHERE visitor_id = ${visitor_id}`).length > 0
    while (!(await isWritten())) expect(Date.now()).toBeLessThan(deadline)
    const { session_id, checkout_id } = await checkOut(client)
    expectProblem(await failing, 502, 'stripe-api-error')
    expect(await db`SELECT abandoned_at, stripe_session_id FROM checkouts WHERE id = ${checkout_id}`).toEqual([
      { abandoned_at: null, stripe_session_id: session_id },
    ])
    await tick()
    expect((await stripe.checkout.sessions.retrieve(session_id)).status).toBe('open')
  })
})

describe('an Idempotency-Key', () => {
  test('that comes with a changed cart is refused, and the checkout that it made can still be paid', async () => {
    const { client, sku } = await createBuyer()
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const first = await client.post('/v1/checkout', TERMS, headers)
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 3 })
    expectProblem(await client.post('/v1/checkout', TERMS, headers), 422, 'idempotency-key-reused')
    expect((await stripe.checkout.sessions.retrieve(first.json.session_id)).status).toBe('open')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })
})

describe('another session that names the same checkout', () => {
  test.each([
    ['expires', (id: string) => expire(id)],
    ['waits for a debit', (id: string) => pay(id, { payment_method: 'bank_debit' })],
  ])('and %s changes nothing: the checkout goes by its own', async (_, end) => {
    const { client, sku } = await createBuyer()
    const { checkout_id, session_id } = await checkOut(client)
    const foreign = await stripe.checkout.sessions.create({
      mode: 'payment',
      client_reference_id: checkout_id,
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Elsewhere' } } },
      ],
      success_url: 'http://elsewhere.test/',
    })
    await end(foreign.id)
    await deliver(sessionEvent('checkout.session.expired', foreign))
    expect(await db`SELECT status, stripe_session_id FROM checkouts WHERE id = ${checkout_id}`).toEqual([
      { status: 'open', stripe_session_id: session_id },
    ])
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })
})

describe('a cart that was paid for and could not be cleared', () => {
  test('is cleared before another checkout, so that nothing is bought twice', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id)
    await failDatabase('DELETE FROM cart_items', 'before', EVER)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'complete' })
    await clearDatabaseFaults()
    expectProblem(await client.post('/v1/checkout', TERMS), 422, 'cart-empty')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
  })

  test('keeps what was added since, while the debit is pending', async () => {
    const { client, sku } = await createBuyer({ quantity: 2 })
    const { session_id } = await checkOut(client)
    await pay(session_id, { payment_method: 'bank_debit' })
    await failDatabase('DELETE FROM cart_items', 'before', EVER)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'processing' })
    await clearDatabaseFaults()
    await client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 5 })
    await checkOut(client)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 2 + 3 })
  })
})

describe('the sweep', () => {
  test('asks after a bank debit a few times a day, not every few minutes', async () => {
    const { client } = await createBuyer()
    const { session_id, checkout_id } = await checkOut(client)
    await pay(session_id, { payment_method: 'bank_debit' })
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'processing' })
    await isDue(checkout_id)
    await tick()
    const rows =
      await db`SELECT next_sweep_at > now() + interval '2 hours' AS later FROM checkouts WHERE id = ${checkout_id}`
    expect(rows).toEqual([{ later: true }])
  })

  test('queues forgotten emails before it asks Stripe, which may not answer', async () => {
    await createBuyer().then(({ client }) => checkOut(client))
    await db`INSERT INTO email_outbox (em_cd, to_address, next_sweep_at)
      VALUES ('operator_alert', 'operator@example.com', now() - interval '1 minute')`
    const askedStripe = async () =>
      (await stripeRequests()).filter(({ method }: { method: string }) => method === 'GET').length
    const before = await askedStripe()
    const asked: number[] = []
    const send = async () => void asked.push((await askedStripe()) - before)
    await tick({ EMAIL_QUEUE: { send, sendBatch: send } })
    expect(asked[0]).toBe(0)
  })
})
