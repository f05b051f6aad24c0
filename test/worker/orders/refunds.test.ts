import { describe, expect, test } from 'vitest'
import { boughtOrder, checkOut, createBuyer } from '../support/buyer.ts'
import { idOf } from '../../../src/payments/stripe/values.ts'
import { db } from '../support/shop.ts'
import { deliver, pay, sessionEvent, stripe } from '../support/stripe.ts'

/** An event about a refund or charge, as Stripe sends it; only its id is believed. */
const eventAbout = (type: string, id: string) => ({ ...sessionEvent(type, { id }), data: { object: { id } } })

describe('a refund that was made in the dashboard', () => {
  test('shows on the order, whole or in parts, each once however often and in whatever order it is told', async () => {
    const { client, identifier, intent } = await boughtOrder()
    const first = await stripe.refunds.create({ payment_intent: intent, amount: 500, reason: 'requested_by_customer' })
    const second = await stripe.refunds.create({ payment_intent: intent, amount: 300 })
    const events = [
      eventAbout('refund.created', second.id),
      eventAbout('refund.created', first.id),
      eventAbout('refund.updated', first.id),
    ]
    const answers = await Promise.all([...events, ...events].map((event) => deliver(event)))
    for (const { json } of answers) expect(json).toMatchObject({ outcome: 'processed', order_identifier: identifier })
    const { refunds } = (await client.get(`/v1/orders/${identifier}`)).json
    expect(refunds).toMatchObject([
      { amount: { amount: 500, currency: 'usd' }, status: 'succeeded', reason: 'requested_by_customer' },
      { amount: { amount: 300, currency: 'usd' }, status: 'succeeded', reason: null },
    ])
  })

  test('is found by its charge too', async () => {
    const { client, identifier, intent } = await boughtOrder()
    await stripe.refunds.create({ payment_intent: intent })
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent)
    expect((await deliver(eventAbout('charge.refunded', idOf(charge) ?? ''))).json).toMatchObject({
      outcome: 'processed',
    })
    const { refunds, totals } = (await client.get(`/v1/orders/${identifier}`)).json
    expect(refunds).toMatchObject([{ amount: totals.total }])
  })

  test('places the order first when it is told before the payment', async () => {
    const { client } = await createBuyer()
    const { session_id, checkout_id } = await checkOut(client)
    await pay(session_id)
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session_id)
    const refund = await stripe.refunds.create({ payment_intent: idOf(intent) ?? '', amount: 100 })
    expect((await deliver(eventAbout('refund.created', refund.id))).json).toMatchObject({ outcome: 'processed' })
    const rows =
      await db`SELECT r.amount FROM order_refunds r JOIN orders o ON o.id = r.order_id WHERE o.checkout_id = ${checkout_id}`
    expect(rows).toEqual([{ amount: 100 }])
  })

  test('of somebody else is ignored', async () => {
    expect((await deliver(eventAbout('refund.created', 're_unknown'))).json).toEqual({
      received: true,
      outcome: 'ignored',
    })
  })

  test('never adds up to more than was paid', async () => {
    const { identifier } = await boughtOrder()
    const [order] = await db`SELECT id, total_amount FROM orders WHERE identifier = ${identifier}`
    const insert = (id: string, amount: number) =>
      db`INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status) VALUES (${order!.id}, ${id}, ${amount}, 'usd', 'succeeded')`
    await insert(`re_${crypto.randomUUID()}`, order!.total_amount)
    const { payment_intent: intent } = (
      await db`SELECT stripe_payment_intent_id AS payment_intent FROM order_payments WHERE order_id = ${order!.id}`
    )[0]!
    const refund = await stripe.refunds.create({ payment_intent: intent, amount: 100 })
    const event = eventAbout('refund.created', refund.id)
    expect((await deliver(event)).status).toBe(500)
    expect(await db`SELECT 1 FROM order_refunds WHERE stripe_refund_id = ${refund.id}`).toEqual([])
  })
})
