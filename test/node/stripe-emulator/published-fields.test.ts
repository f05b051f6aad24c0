import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, flatShipping, idOf, sessionParams, startHarness } from './harness.ts'
import published from './published-fields.json' with { type: 'json' }

type Json = Record<string, unknown>

/**
 * Names that are not in the published examples but in stripe@23's types, which are newer than the examples or know
 * fields that only some objects have. By object and path.
 */
const NEWER: Record<string, Record<string, string[]>> = {
  charge: {
    outcome: ['risk_level', 'risk_score'],
    'payment_method_details.card': ['electronic_commerce_indicator'],
  },
  'checkout.session': { '': ['allowed_payment_method_types'] },
  dispute: { '': ['intended_submission_method'], evidence_details: ['submission_method'] },
  payment_intent: { '': ['allowed_payment_method_types', 'payment_record'] },
  product: { '': ['tax_details'] },
  refund: { 'destination_details.card': ['reference', 'reference_status', 'reference_type'] },
}

/** Places where the published example shows another variant of the object than the emulator's. */
const OTHER_VARIANT: Record<string, string[]> = {
  // An error of another type.
  payment_intent: ['last_payment_error', 'next_action', 'processing'],
}

const objects: Record<string, Record<string, string[]>> = published.objects
const found = new Map<string, Json[]>()
let harness: Harness

function keep(name: string, object: unknown): void {
  found.set(name, [...(found.get(name) ?? []), JSON.parse(JSON.stringify(object))])
}

/** Runs a shop's whole life once and keeps every object it meets. */
beforeAll(async () => {
  harness = await startHarness()
  const { stripe } = harness
  const product = await stripe.products.create({ name: 'Mug', description: 'Blue' })
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 1000, product: product.id })
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  const customer = await stripe.customers.create({ email: 'jenny@example.com', name: 'Jenny' })
  const open = await stripe.checkout.sessions.create(
    sessionParams({
      customer: customer.id,
      customer_update: { address: 'auto', shipping: 'auto', name: 'auto' },
      discounts: [{ coupon: coupon.id }],
      line_items: [{ price: price.id, quantity: 3 }],
      shipping_address_collection: { allowed_countries: ['US', 'ES'] },
      shipping_options: [flatShipping(500)],
      automatic_tax: { enabled: true },
      consent_collection: { promotions: 'auto', terms_of_service: 'required' },
    }),
  )
  keep('checkout.session', open)
  await harness.control('POST', `/checkout/sessions/${open.id}/pay`, { card: '4000000000000002' })
  keep('payment_intent', (await stripe.paymentIntents.list()).data[0])
  await harness.control('POST', `/checkout/sessions/${open.id}/pay`, {})
  const paid = await stripe.checkout.sessions.retrieve(open.id)
  keep('checkout.session', paid)
  const intent = await stripe.paymentIntents.retrieve(idOf(paid.payment_intent), { expand: ['payment_method'] })
  keep('payment_method', intent.payment_method)
  keep('refund', await stripe.refunds.create({ payment_intent: intent.id, amount: 100 }))
  await harness.control('POST', `/payment_intents/${intent.id}/dispute`, {})
  for (const [name, list] of Object.entries({
    charge: stripe.charges.list({ expand: ['data.refunds'] }),
    coupon: stripe.coupons.list(),
    customer: stripe.customers.list(),
    dispute: stripe.disputes.list(),
    event: stripe.events.list({ limit: 100 }),
    item: stripe.checkout.sessions.listLineItems(open.id),
    payment_intent: stripe.paymentIntents.list(),
    price: stripe.prices.list(),
    product: stripe.products.list(),
    shipping_rate: stripe.shippingRates.list(),
  })) {
    for (const object of (await list).data) keep(name, object)
  }
  keep('deleted_customer', await stripe.customers.del(customer.id))
  keep('deleted_coupon', await stripe.coupons.del(coupon.id))
})

afterAll(() => harness.stop())

function at(object: Json, path: string): unknown {
  if (path === '') return object
  return path.split('.').reduce<unknown>((value, key) => (value as Json | null | undefined)?.[key], object)
}

test.each(Object.keys(objects))('every %s carries exactly the field names that Stripe publishes', (name) => {
  const examples = found.get(name) ?? []
  expect(examples.length).toBeGreaterThan(0)
  for (const [path, fields] of Object.entries(objects[name] ?? {})) {
    if (OTHER_VARIANT[name]?.includes(path)) continue
    const allowed = [...fields, ...(NEWER[name]?.[path] ?? [])]
    for (const example of examples) {
      const value = at(example, path)
      if (typeof value !== 'object' || value === null) continue
      // A charge by bank debit has no card; its own details are another variant of the object.
      if (path === 'payment_method_details' && !('card' in value)) continue
      const actual = Object.keys(value)
      expect(actual, `${name} ${path}: missing`).toEqual(expect.arrayContaining(fields))
      expect(allowed, `${name} ${path}: invented`).toEqual(expect.arrayContaining(actual))
    }
  }
})

test('nested objects of a paid session, its charge and its dispute are filled in, not null', () => {
  const session = found.get('checkout.session')?.at(-1) ?? {}
  for (const path of [
    'customer_details.address',
    'collected_information.shipping_details',
    'shipping_cost',
    'total_details',
  ]) {
    expect(at(session, path), path).toBeTypeOf('object')
    expect(at(session, path), path).not.toBeNull()
  }
  const charge = (found.get('charge') ?? []).find((candidate) => candidate['status'] === 'succeeded') ?? {}
  expect(at(charge, 'payment_method_details.card.brand')).toBe('visa')
  expect(at(charge, 'billing_details.address.country')).toBe('US')
  expect(at(found.get('dispute')?.[0] ?? {}, 'evidence')).not.toBeNull()
})

test('events carry the API version that the SDK was made for', () => {
  const versions = new Set((found.get('event') ?? []).map((event) => event['api_version']))
  expect([...versions]).toEqual([Stripe.API_VERSION])
})
