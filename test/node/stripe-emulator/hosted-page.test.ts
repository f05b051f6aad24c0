import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flatShipping, type Harness, idOf, sessionParams, startHarness } from './harness.ts'
import { fill, formOf, unescaped, visit } from './page-form.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const open = (params: Stripe.Checkout.SessionCreateParams = {}) =>
  harness.stripe.checkout.sessions.create(sessionParams(params))

describe('the payment page', () => {
  test('shows lines, discount, shipping, total and fields, and says that it is an emulator', async () => {
    await harness.stripe.coupons.create({
      id: 'spring',
      name: 'Spring sale',
      amount_off: 500,
      currency: 'usd',
      duration: 'once',
    })
    const session = await open({
      discounts: [{ coupon: 'spring' }],
      shipping_options: [flatShipping(700), flatShipping(0, 'Pick-up')],
      shipping_address_collection: { allowed_countries: ['US', 'ES'] },
    })
    const { status, html } = await visit(session.url)
    expect(status).toBe(200)
    for (const text of [
      'Stripe emulator',
      'Mug',
      'Sticker',
      'Spring sale',
      '−$5.00',
      'Standard',
      'Pick-up',
      '$46.98',
      'Free',
    ]) {
      expect(html).toContain(text)
    }
    const countries = /name="shipping_country".*?<\/select>/s.exec(html)?.[0]
    expect(countries).toContain('Spain')
    expect(countries).not.toContain('France')
    expect(html).toContain('href="https://shop.example/cart"')
    expect(html).not.toContain('<script')
  })

  test('escapes whatever the shop or the customer wrote', async () => {
    const evil = '"><script>alert(1)</script>'
    const session = await open({
      line_items: [
        {
          price_data: { currency: 'usd', unit_amount: 999, product_data: { name: evil, description: evil } },
          quantity: 1,
        },
      ],
    })
    const again = await fill(session.url, { email: evil, name: evil, card: evil })
    expect(again.status).toBe(422)
    for (const { html } of [await visit(session.url), again]) {
      expect(html).not.toContain('<script')
      expect(html).toContain('&lt;script&gt;')
    }
  })

  test('as it is filled in pays, and leads back to the shop', async () => {
    const session = await open()
    const { status, location } = await fill(session.url)
    expect(status).toBe(303)
    expect(location).toBe(`https://shop.example/thanks?session=${session.id}`)
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
  })

  test('takes over what the customer entered', async () => {
    const session = await open({
      shipping_options: [flatShipping(700), flatShipping(1900, 'Express')],
      shipping_address_collection: { allowed_countries: ['US', 'ES'] },
      phone_number_collection: { enabled: true },
      custom_fields: [{ key: 'note', label: { type: 'custom', custom: 'Note' }, type: 'text' }],
      consent_collection: { terms_of_service: 'required' },
    })
    const express = idOf(session.shipping_options[1]?.shipping_rate ?? null)
    const entered = {
      email: 'ana@example.com',
      phone: '+34600000000',
      shipping_name: 'Ana',
      shipping_country: 'ES',
      shipping_line1: 'Calle Mayor 1',
      shipping_city: 'Madrid',
      shipping_rate: express,
      name: 'Ana García',
      custom_note: 'Ring twice',
      terms: 'on',
      billing_line1: 'Gran Vía 2',
      billing_city: 'Madrid',
      billing_country: 'ES',
    }
    const { billing_same: _same, ...form } = formOf((await visit(session.url)).html)
    expect((await visit(session.url, { ...form, ...entered })).status).toBe(303)
    expect(await harness.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      amount_total: 4498 + 1900,
      customer_details: {
        email: 'ana@example.com',
        name: 'Ana García',
        phone: '+34600000000',
        address: { line1: 'Gran Vía 2' },
      },
      collected_information: { shipping_details: { name: 'Ana', address: { line1: 'Calle Mayor 1', country: 'ES' } } },
      custom_fields: [{ key: 'note', text: { value: 'Ring twice' } }],
      consent: { terms_of_service: 'accepted' },
    })
  })

  test('shows a decline, keeps what was entered, and takes another card', async () => {
    const session = await open()
    const declined = await fill(session.url, { card: '4000000000000002', email: 'kept@example.com' })
    expect(declined.status).toBe(402)
    expect(declined.html).toContain('Your card was declined.')
    expect(formOf(declined.html)).toMatchObject({ email: 'kept@example.com', card: '4000000000000002' })
    const paid = await visit(session.url, { ...formOf(declined.html), card: '4242 4242 4242 4242' })
    expect(paid.status).toBe(303)
    const { customer_details } = await harness.stripe.checkout.sessions.retrieve(session.id)
    expect(customer_details?.email).toBe('kept@example.com')
  })

  test.each([
    ['email', 'nobody', 'valid email'],
    ['card', '4242', 'card number is incorrect'],
    ['expiry', '01 / 20', 'in the past'],
    ['expiry', 'soon', 'incomplete'],
    ['cvc', '', 'security code is incomplete'],
    ['name', '', 'Required.'],
    ['billing_line1', ' ', 'Required.'],
  ])('asks again for a bad %s (%s)', async (name, value, message) => {
    const session = await open()
    const { status, html } = await fill(session.url, { [name]: value })
    expect(status).toBe(422)
    expect(unescaped(html)).toContain(message)
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  })

  test('takes a bank debit, which settles later', async () => {
    const session = await open()
    expect((await fill(session.url, { payment_method: 'bank_debit' })).status).toBe(303)
    const unpaid = await harness.stripe.checkout.sessions.retrieve(session.id)
    expect(unpaid).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
  })

  test('shows the tax of the address before it is paid', async () => {
    const session = await open({
      automatic_tax: { enabled: true },
      shipping_address_collection: { allowed_countries: ['US', 'ES'] },
    })
    const first = await visit(session.url)
    expect(first.html).toContain('$3.71')
    const changed = await visit(session.url, { ...formOf(first.html), shipping_country: 'ES' })
    expect(changed.status).toBe(200)
    expect(changed.html).toContain('The total has changed')
    expect(changed.html).toContain('$54.43')
    expect((await visit(session.url, formOf(changed.html))).status).toBe(303)
    expect((await harness.stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(5443)
  })

  test('offers no country but the allowed ones, and no method but those of the session', async () => {
    const session = await open({
      allowed_payment_method_types: ['card'],
      shipping_address_collection: { allowed_countries: ['US'] },
    })
    const { html } = await visit(session.url)
    expect(html).not.toContain('bank_debit')
    expect((await fill(session.url, { shipping_country: 'FR' })).status).toBe(400)
    expect((await fill(session.url, { payment_method: 'bank_debit' })).status).toBe(400)
  })
})

describe('a session that is no longer open', () => {
  test('shows that it was paid, with a way on', async () => {
    const session = await open()
    const form = formOf((await visit(session.url)).html)
    await visit(session.url, form)
    for (const page of [await visit(session.url), await visit(session.url, form)]) {
      expect(page.status).toBe(200)
      expect(page.html).toContain('Already paid')
      expect(page.html).toContain(`https://shop.example/thanks?session=${session.id}`)
    }
  })

  test('shows that it has expired, with a way back', async () => {
    const session = await open()
    const form = formOf((await visit(session.url)).html)
    await harness.stripe.checkout.sessions.expire(session.id)
    for (const page of [await visit(session.url), await visit(session.url, form)]) {
      expect(page.status).toBe(410)
      expect(page.html).toContain('has expired')
      expect(page.html).toContain('https://shop.example/cart')
    }
  })

  test('or never was is a page of its own', async () => {
    expect((await visit(`${harness.emulator.url}/c/pay/cs_test_nope`)).status).toBe(404)
    expect((await visit(`${harness.emulator.url}/elsewhere`)).status).toBe(404)
  })
})

test('the receipt of a charge can be seen', async () => {
  const session = await open()
  await fill(session.url)
  const paid = await harness.stripe.checkout.sessions.retrieve(session.id)
  const [charge] = (await harness.stripe.charges.list({ payment_intent: idOf(paid.payment_intent) })).data
  const { status, html } = await visit(charge?.receipt_url ?? null)
  expect(status).toBe(200)
  expect(html).toContain('$44.98 paid on')
})
