import { afterEach, describe, expect, test } from 'vitest'
import { sessionReference } from '../../../src/payments/stripe/metadata.ts'
import { codesOf } from '../support/alerts.ts'
import { buy, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { tick } from '../support/cron.ts'
import { expectProblem } from '../support/client.ts'
import { createDiscountCode, createSku, db, stockOf } from '../support/shop.ts'
import { clearStripeFaults, failStripe, openPaymentLink, pay, stripe } from '../support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }
const CREATE = { method: 'POST', path: '/v1/checkout/sessions' }
const EVER = 1_000

const checkoutOf = async (skuId: string) =>
  (await db`SELECT c.* FROM checkouts c JOIN checkout_items i ON i.checkout_id = c.id WHERE i.sku_id = ${skuId}`)[0]!

const makeOlder = (checkoutId: string) =>
  db`UPDATE checkouts SET created_at = created_at - interval '15 minutes', next_sweep_at = now() - interval '1 second'
    WHERE id = ${checkoutId}`

/** What the failed request left behind at Stripe. */
async function makeSession(id: string, withFingerprint: boolean): Promise<void> {
  await clearStripeFaults()
  const [checkout] = await db`SELECT fingerprint FROM checkouts WHERE id = ${id}`
  const reference = sessionReference({ checkoutId: id, fingerprint: checkout!.fingerprint })
  await stripe.checkout.sessions.create({
    mode: 'payment',
    ...reference,
    ...(withFingerprint ? {} : { metadata: { checkout_id: id } }),
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Teapot' } } }],
    success_url: 'http://storefront.test/',
  })
  await failStripe({ ...CREATE, when: 'before', status: 500, times: EVER })
}

afterEach(clearStripeFaults)

describe('Stripe goes on failing under the key of a session', () => {
  test.each(['no', 'one with a fingerprint', 'one of a Worker that knows of no fingerprints'])(
    'all its sessions tell whether there is one (there is: %s), and the stock comes back',
    async (there) => {
      const { client, sku } = await createBuyer()
      await failStripe({ ...CREATE, when: 'before', status: 500, times: EVER })
      expectProblem(await client.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
      await tick()
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
      const { id } = await checkoutOf(sku.skuId)
      if (there !== 'no') await makeSession(id, there === 'one with a fingerprint')
      const link = await openPaymentLink(500, id)
      await makeOlder(id)
      await tick()
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
      const sessions = await stripe.checkout.sessions.list({ limit: 100 })
      const made = sessions.data.filter((session) => session.client_reference_id === id)
      expect(new Map(made.map((session) => [session.id === link.id ? 'link' : 'own', session.status]))).toEqual(
        new Map([['link', 'open'], ...(there !== 'no' ? [['own', 'expired'] as const] : [])]),
      )
    },
  )
})

describe('a session of ours that Stripe does not know', () => {
  test('keeps what its checkout holds, and an operator is told once', async () => {
    const { client, sku } = await createBuyer()
    const { checkout_id, session_id } = await checkOut(client)
    const elsewhere = `${session_id}_elsewhere`
    await db`UPDATE checkouts SET stripe_session_id = ${elsewhere} WHERE id = ${checkout_id}`
    const makeDue = (expiresIn: string) => db`UPDATE checkouts SET next_sweep_at = now() - interval '1 second',
      expires_at = now() + ${expiresIn}::interval WHERE id = ${checkout_id}`
    for (const expiresIn of ['10 minutes', '-1 minute']) {
      await makeDue(expiresIn)
      await tick()
    }
    expect((await checkoutOf(sku.skuId)).status).toBe('open')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
    expect(await codesOf('object_id', elsewhere)).toEqual([{ code: 'stripe-api-error' }])
    expect(await db`SELECT 1 FROM webhook_events WHERE object_id = ${elsewhere}`).toEqual([])
  })
})

describe('a request that never got its page', () => {
  test('may be sent again under the same Idempotency-Key once its checkout was released', async () => {
    const { client, sku } = await createBuyer()
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    await failStripe({ ...CREATE, when: 'before', status: 500, times: 3 })
    expectProblem(await client.post('/v1/checkout', TERMS, headers), 502, 'stripe-api-error')
    await tick()
    expect((await checkoutOf(sku.skuId)).status).toBe('expired')
    expect((await client.post('/v1/checkout', TERMS, headers)).status).toBe(201)
  })
})

describe('a paid session whose order cannot be written and whose webhook never comes', () => {
  test('is told to an operator once, and becomes an order as soon as it can', async () => {
    const { client, sku } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id)
    await tick({ INITIAL_ORDER_STATUS: 'unknown' })
    await tick({ INITIAL_ORDER_STATUS: 'unknown' })
    expect(await codesOf('object_id', session_id)).toEqual([{ code: 'order-creation-failed' }])
    const rows = await db`SELECT raised_count FROM operator_alerts WHERE subject_id = ${session_id}`
    expect(rows).toEqual([{ raised_count: 2 }])
    await tick()
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
  })
})

describe('a checkout that was released and is paid all the same', () => {
  test('still becomes an order after somebody else took the last redemption of its code', async () => {
    const code = await createDiscountCode({ redemptionLimit: 1 })
    const first = await createBuyer()
    await first.client.post('/v1/cart/discount-codes', { code: code.code })
    const { session_id, checkout_id } = await checkOut(first.client)
    await db`SELECT release_checkout(${checkout_id}, 'expired', now(), NULL, NULL)`
    const second = await createBuyer()
    await second.client.post('/v1/cart/discount-codes', { code: code.code })
    await buy(second.client)
    await pay(session_id)
    expect((await deliverCompleted({ id: session_id })).json).toMatchObject({ outcome: 'processed' })
    const counts = await db`SELECT reserved_count, redeemed_count FROM discount_codes WHERE id = ${code.id}`
    expect(counts).toEqual([{ reserved_count: 0, redeemed_count: 1 }])
  })
})

describe('a code that takes nothing off', () => {
  test('is not used up by the order', async () => {
    const all = await createDiscountCode({ percentOff: 100, combinable: true })
    const more = await createDiscountCode({ kind: 'fixed', amountOff: 100, combinable: true, redemptionLimit: 1 })
    const { client } = await createBuyer({ sku: await createSku({ amount: 900 }) })
    for (const { code } of [all, more]) await client.post('/v1/cart/discount-codes', { code })
    await buy(client)
    const counts =
      await db`SELECT redeemed_count FROM discount_codes WHERE id IN (${all.id}, ${more.id}) ORDER BY redeemed_count`
    expect(counts).toEqual([{ redeemed_count: 0 }, { redeemed_count: 1 }])
  })
})
