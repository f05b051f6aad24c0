import { afterEach, describe, expect, test } from 'vitest'
import { codesOf } from './support/alerts.ts'
import { checkOut, createBuyer } from './support/buyer.ts'
import { createClient, expectProblem } from './support/client.ts'
import { clearDatabaseFaults, db, failDatabase } from './support/shop.ts'
import { clearStripeFaults, deliver, failStripe, pay, sessionEvent, stripe } from './support/stripe.ts'

const EVER = 1_000

afterEach(async () => {
  await clearDatabaseFaults()
  await clearStripeFaults()
})

const alertsOf = (eventId: string) => codesOf('event_id', eventId)

const foreignSession = async () => {
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Elsewhere' } } },
    ],
    success_url: 'http://elsewhere.test/',
  })
  await pay(session.id)
  return session
}

describe('a webhook event that cannot take effect', () => {
  test('alerts an operator although it failed for want of Stripe before', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id)
    const misled = createClient({ INITIAL_ORDER_STATUS: 'unknown' })
    const event = sessionEvent('checkout.session.completed', { id: session_id })
    await failStripe({
      method: 'GET',
      path: `/v1/checkout/sessions/${session_id}`,
      when: 'before',
      status: 500,
      times: EVER,
    })
    expectProblem(await deliver(event), 502, 'stripe-api-error')
    expect(await alertsOf(event.id)).toEqual([])
    await clearStripeFaults()
    expectProblem(await deliver(event, misled), 500, 'order-creation-failed')
    expectProblem(await deliver(event, misled), 500, 'order-creation-failed')
    expect(await alertsOf(event.id)).toEqual([{ code: 'order-creation-failed' }])
    expect(await db`SELECT outcome, error_code FROM webhook_events WHERE id = ${event.id}`).toEqual([
      { outcome: 'failed', error_code: 'order-creation-failed' },
    ])
    expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
  })

  test('is acknowledged only once that is recorded', async () => {
    const event = sessionEvent('checkout.session.completed', await foreignSession())
    await failDatabase('INSERT INTO webhook_events', 'before', EVER)
    expectProblem(await deliver(event), 503, 'database-unavailable')
    await clearDatabaseFaults()
    expect((await deliver(event)).json).toMatchObject({ outcome: 'failed', code: 'no-cart-id' })
    expect(await alertsOf(event.id)).toEqual([{ code: 'no-cart-id' }])
  })

  test('is recorded and told in one transaction: no record without its alert', async () => {
    const event = sessionEvent('checkout.session.completed', await foreignSession())
    await failDatabase('operator_alerts', 'before', EVER)
    await deliver(event)
    await clearDatabaseFaults()
    await deliver(event)
    expect(await alertsOf(event.id)).toEqual([{ code: 'no-cart-id' }])
  })
})
