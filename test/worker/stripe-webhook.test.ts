import { inject } from 'vitest'
import { describe, expect, test } from 'vitest'
import { codesOf } from './support/alerts.ts'
import { checkOut, createBuyer } from './support/buyer.ts'
import { createClient, expectProblem } from './support/client.ts'
import { countRoundTrips, db } from './support/shop.ts'
import { clearStripeFaults, deliver, failStripe, pay, sessionEvent, stripe } from './support/stripe.ts'

const eventRow = async (id: string) => (await db`SELECT * FROM webhook_events WHERE id = ${id}`)[0]

const NOT_OURS = [
  ['of live mode, to a test key', { livemode: true }, {}],
  ['of test mode, to a live key', { livemode: false }, { STRIPE_SECRET_KEY: 'sk_live_ours' }],
  ['of a connected account', { account: 'acct_1' }, {}],
] as const

describe('the webhook', () => {
  test('refuses a wrong, missing or old signature with 403 before any database work', async () => {
    const { result, roundTrips } = await countRoundTrips(async () => {
      const event = sessionEvent('checkout.session.completed', { id: 'cs_test_x' })
      const payload = JSON.stringify(event)
      const old = await stripe.webhooks.generateTestHeaderStringAsync({
        payload,
        secret: inject('stripeWebhookSecret'),
        timestamp: Math.floor(Date.now() / 1_000) - 600,
      })
      const client = createClient()
      const post = (signature: Record<string, string>) =>
        client.call('POST', '/v1/webhooks/stripe', { body: payload, headers: signature })
      return [
        await deliver(event, client, 'whsec_another'),
        await post({}),
        await post({ 'Stripe-Signature': 't=1,v1=00' }),
        await post({ 'Stripe-Signature': old }),
      ]
    })
    for (const answer of result) expectProblem(answer, 403, 'invalid-signature')
    expect(roundTrips).toBe(0)
  })

  test('acknowledges and remembers events that mean nothing to the shop', async () => {
    const event = { ...sessionEvent('price.updated', { id: 'price_1' }) }
    expect((await deliver(event)).json).toEqual({ received: true, outcome: 'ignored' })
    expect(await eventRow(event.id)).toMatchObject({ type: 'price.updated', outcome: 'ignored', object_id: 'price_1' })
  })

  test.each([
    ['nothing', {}],
    ['no object', null],
    ['a list', []],
    ['no data', { data: undefined }],
    ['no object in its data', { data: { object: null } }],
    ['no type', { type: undefined }],
    ['a type that is a number', { type: 5 }],
    ['a time that is a text', { created: 'now' }],
    ['a time out of range', { created: 1e15 }],
    ['an id that is endless', { id: 'e'.repeat(5_000) }],
  ])('refuses what is signed but no event: %s', async (_, part) => {
    const isPart = part !== null && !Array.isArray(part) && Object.keys(part).length > 0
    const body = isPart ? { ...sessionEvent('price.updated', { id: 'price_1' }), ...part } : part
    expectProblem(await deliver(body), 422, 'validation-failed')
  })

  test.each(['constructor', '__proto__', 'toString'])('ignores an event of type %s as any other', async (type) => {
    expect((await deliver(sessionEvent(type, { id: 'x' }))).json).toEqual({ received: true, outcome: 'ignored' })
  })

  test('gives up an event whose session Stripe does not know, and tells an operator once', async () => {
    const event = sessionEvent('checkout.session.completed', { id: 'cs_test_nobody' })
    const given = { received: true, outcome: 'failed', code: 'cart-not-found' }
    expect((await deliver(event)).json).toEqual(given)
    expect((await deliver(event)).json).toEqual(given)
    expect(await eventRow(event.id)).toMatchObject({ outcome: 'failed', error_code: 'cart-not-found' })
    expect(await codesOf('event_id', event.id)).toEqual([{ code: 'cart-not-found' }])
  })

  test.each(NOT_OURS)('ignores an event that is not ours: %s', async (_, part, overrides) => {
    const event = { ...sessionEvent('checkout.session.completed', { id: 'cs_test_elsewhere' }), ...part }
    const answer = await deliver(event, createClient(overrides))
    expect(answer.json).toEqual({ received: true, outcome: 'ignored' })
    expect(await eventRow(event.id)).toMatchObject({ outcome: 'ignored' })
  })

  test.each([...NOT_OURS, ['that Stripe does not know', {}, {}] as const])(
    'has Stripe repeat an event %s about the session of a checkout of ours, and tells an operator once',
    async (_, part, overrides) => {
      const { client } = await createBuyer()
      const { session_id, checkout_id } = await checkOut(client)
      await pay(session_id)
      const event = sessionEvent('checkout.session.completed', { id: session_id })
      const path = `/v1/checkout/sessions/${session_id}`
      await failStripe({ method: 'GET', path, when: 'before', status: 404, times: 2 })
      for (let time = 1; time <= 2; time++) {
        expectProblem(await deliver({ ...event, ...part }, createClient(overrides)), 502, 'stripe-api-error')
      }
      await clearStripeFaults()
      expect(await eventRow(event.id)).toMatchObject({ outcome: 'failed', error_code: 'stripe-api-error' })
      expect(await codesOf('object_id', session_id)).toEqual([{ code: 'stripe-api-error' }])
      expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
      expect(await db`SELECT 1 FROM orders WHERE checkout_id = ${checkout_id}`).toHaveLength(1)
    },
  )

  test('acknowledges a paid session of somebody else as no-cart-id, and tells an operator once', async () => {
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Elsewhere' } } },
      ],
      success_url: 'http://elsewhere.test/',
    })
    await pay(session.id)
    const event = sessionEvent('checkout.session.completed', session)
    expect((await deliver(event)).json).toEqual({ received: true, outcome: 'failed', code: 'no-cart-id' })
    expect((await deliver(event)).json).toMatchObject({ code: 'no-cart-id' })
    expect(await codesOf('event_id', event.id)).toEqual([{ code: 'no-cart-id' }])
    const emails = () =>
      db`SELECT to_address FROM email_outbox WHERE em_cd = 'operator_alert' AND variables->>'event_id' = ${event.id}`
    await expect.poll(emails, { timeout: 10_000 }).toEqual([{ to_address: 'operator@example.com' }])
    expect(await eventRow(event.id)).toMatchObject({ outcome: 'failed', error_code: 'no-cart-id' })
  })

  test('answers cart-not-found for a session that names a checkout which does not exist', async () => {
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      client_reference_id: crypto.randomUUID(),
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Lost' } } }],
      success_url: 'http://elsewhere.test/',
    })
    await pay(session.id)
    expect((await deliver(sessionEvent('checkout.session.completed', session))).json).toMatchObject({
      code: 'cart-not-found',
    })
  })

  test('asks Stripe to try again when the order cannot be written', async () => {
    const { client } = await createBuyer()
    const { session_id, checkout_id } = await checkOut(client)
    await pay(session_id)
    const event = sessionEvent('checkout.session.completed', { id: session_id })
    const misled = createClient({ INITIAL_ORDER_STATUS: 'unknown' })
    expectProblem(await deliver(event, misled), 500, 'order-creation-failed')
    expect(await db`SELECT 1 FROM orders WHERE checkout_id = ${checkout_id}`).toEqual([])
    expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
  })

  test('keeps a digest of the event and nothing personal', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id, { email: 'private.person@example.com', name: 'Private Person' })
    const session = await stripe.checkout.sessions.retrieve(session_id)
    const event = sessionEvent('checkout.session.completed', session)
    await deliver(event)
    const row = await eventRow(event.id)
    expect(row).toMatchObject({ outcome: 'processed', payload_hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(JSON.stringify(row)).not.toMatch(/private|person/i)
  })
})
