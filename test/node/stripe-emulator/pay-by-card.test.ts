import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, flatShipping, type Harness, startHarness } from './harness.ts'
import { type Paying, payingOn } from './paying.ts'

let harness: Harness
let paying: Paying
beforeAll(async () => {
  harness = await startHarness()
  paying = payingOn(harness)
})
afterAll(() => harness.stop())

describe('paying by card', () => {
  test('completes the session with a succeeded intent and charge', async () => {
    const session = await paying.open({
      payment_intent_data: { metadata: { order: 'o1' }, description: 'Order o1', receipt_email: 'r@shop.example' },
      shipping_options: [flatShipping(500)],
      shipping_address_collection: { allowed_countries: ['US', 'ES'] },
    })
    const { status, body } = await paying.pay(session.id, {
      card: '4242424242424242',
      email: 'ada@example.com',
      name: 'Ada',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: session.id, status: 'complete', payment_intent: expect.stringMatching(/^pi_/) })
    const paid = await paying.retrieve(session.id)
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      amount_total: 4998,
      customer: null,
      customer_details: { email: 'ada@example.com', name: 'Ada', address: { country: 'US' } },
      collected_information: { shipping_details: { name: 'Ada', address: { line1: expect.any(String) } } },
      payment_intent: {
        status: 'succeeded',
        amount: 4998,
        amount_received: 4998,
        description: 'Order o1',
        metadata: { order: 'o1' },
        receipt_email: 'r@shop.example',
        shipping: { name: 'Ada' },
        latest_charge: {
          status: 'succeeded',
          paid: true,
          amount: 4998,
          metadata: { order: 'o1' },
          billing_details: { email: 'ada@example.com', name: 'Ada' },
          payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
        },
      },
    })
    expect(await paying.eventsOf(paid)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
  })

  test.each([
    ['5555555555554444', 'mastercard'],
    ['378282246310005', 'amex'],
    ['6011 1111 1111 1117', 'discover'],
  ])('%s is a %s', async (card, brand) => {
    const session = await paying.open()
    await paying.pay(session.id, { card })
    const paid = await paying.retrieve(session.id)
    expect(paid).toMatchObject({ payment_intent: { latest_charge: { payment_method_details: { card: { brand } } } } })
  })

  test('addresses, phone and a chosen shipping rate are taken over', async () => {
    const session = await paying.open({
      shipping_options: [flatShipping(500), flatShipping(1500, 'Express')],
      shipping_address_collection: { allowed_countries: ['ES'] },
      phone_number_collection: { enabled: true },
    })
    const express = session.shipping_options[1]?.shipping_rate
    await paying.pay(session.id, {
      shipping_rate: express,
      phone: '+34600000000',
      shipping: {
        name: 'Casa',
        address: { line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' },
      },
      billing: { address: { line1: 'Gran Vía 2' } },
    })
    expect(await paying.retrieve(session.id)).toMatchObject({
      amount_total: 5998,
      shipping_cost: { shipping_rate: express, amount_total: 1500 },
      collected_information: { shipping_details: { name: 'Casa', address: { line1: 'Calle Mayor 1', country: 'ES' } } },
      customer_details: { phone: '+34600000000', address: { line1: 'Gran Vía 2', city: 'Madrid' } },
    })
  })

  test('an address outside the allowed countries is refused', async () => {
    const session = await paying.open({ shipping_address_collection: { allowed_countries: ['ES'] } })
    expect((await paying.pay(session.id, { country: 'US' })).status).toBe(400)
    expect((await paying.retrieve(session.id)).status).toBe('open')
    expect((await paying.pay(session.id)).status).toBe(200)
  })

  test('the email that the session was created with wins', async () => {
    const session = await paying.open({ customer_email: 'given@example.com' })
    await paying.pay(session.id, { email: 'other@example.com' })
    expect((await paying.retrieve(session.id)).customer_details?.email).toBe('given@example.com')
  })

  test('twenty payments at once make one', async () => {
    const session = await paying.open()
    const results = await Promise.all(Array.from({ length: 20 }, () => paying.pay(session.id)))
    expect(results.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(results.filter(({ status }) => status === 400)).toHaveLength(19)
    const paid = await paying.retrieve(session.id)
    expect((await paying.eventsOf(paid)).filter((type) => type === 'charge.succeeded')).toHaveLength(1)
  })

  test('a free order completes without a payment', async () => {
    await harness.stripe.coupons.create({ id: 'free', percent_off: 100, duration: 'once' })
    const session = await paying.open({ discounts: [{ coupon: 'free' }] })
    await paying.pay(session.id)
    const paid = await paying.retrieve(session.id)
    expect(paid).toMatchObject({ status: 'complete', payment_status: 'no_payment_required', payment_intent: null })
    expect(await paying.eventsOf(paid)).toEqual(['checkout.session.completed'])
  })

  test('automatic tax is charged at the flat rate of the destination', async () => {
    const session = await paying.open({
      automatic_tax: { enabled: true },
      shipping_address_collection: { allowed_countries: ['US', 'ES'] },
      shipping_options: [flatShipping(500)],
    })
    expect(session).toMatchObject({ amount_total: 4998, automatic_tax: { status: 'requires_location_inputs' } })
    await paying.pay(session.id, { country: 'ES' })
    const paid = await paying.retrieve(session.id)
    // 21 % of 3998, of 500 and of 500.
    expect(paid).toMatchObject({
      amount_total: 4998 + 840 + 105 + 105,
      total_details: { amount_tax: 1050 },
      shipping_cost: { amount_tax: 105 },
      automatic_tax: { status: 'complete' },
    })
    const lines = await harness.stripe.checkout.sessions.listLineItems(session.id)
    expect(lines.data.map((line) => line.amount_tax)).toEqual([840, 105])
  })

  test('a redeemed coupon counts, and is refused once it is used up', async () => {
    const { stripe } = harness
    await stripe.coupons.create({ id: 'single', percent_off: 10, duration: 'once', max_redemptions: 1 })
    const session = await paying.open({ discounts: [{ coupon: 'single' }] })
    expect((await stripe.coupons.retrieve('single')).times_redeemed).toBe(0)
    await paying.pay(session.id)
    expect(await stripe.coupons.retrieve('single')).toMatchObject({ times_redeemed: 1, valid: false })
    expect((await errorOf(paying.open({ discounts: [{ coupon: 'single' }] }))).code).toBe('coupon_expired')
  })
})

test('unknown fields and sessions are refused by the control calls', async () => {
  const session = await paying.open()
  expect((await paying.pay(session.id, { carrd: '4242424242424242' })).status).toBe(400)
  expect((await paying.pay('cs_test_nope')).status).toBe(404)
  expect((await harness.control('POST', '/nothing')).status).toBe(404)
})
