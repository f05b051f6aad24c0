import { afterEach, describe, expect, test } from 'vitest'
import { checkOut, createBuyer } from '../support/buyer.ts'
import { createVisitor } from '../support/client.ts'
import { tick } from '../support/cron.ts'
import { expectOneWholeOrder, paidCheckout } from '../support/paid-checkout.ts'
import { db, stockOf } from '../support/shop.ts'
import { clearStripeFaults, deliver, failStripe, pay, sessionEvent, settleDebit } from '../support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }

afterEach(clearStripeFaults)

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
    await settleDebit(session_id, 'succeeded')
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
    await settleDebit(session_id, 'succeeded')
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
