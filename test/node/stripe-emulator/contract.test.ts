import fc from 'fast-check'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../../dev/stripe/resources/routes.ts'
import { breaches, ContractWatch } from '../../support/stripe-contract.ts'
import { type Harness, flatShipping, idOf, sessionParams, startHarness } from './harness.ts'

type Json = Record<string, unknown>
type Met = { name: string; part: 'request' | 'answer' | 'event'; value: unknown }

const met: Met[] = []
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
let harness: Harness

/** Runs a shop's whole life once and keeps all that was said. */
beforeAll(async () => {
  harness = await startHarness({
    watch: {
      call({ address, params, status, answer }) {
        if (status !== 200) return
        met.push({ name: address, part: 'request', value: params })
        met.push({ name: address, part: 'answer', value: JSON.parse(JSON.stringify(answer)) })
      },
      event: (event) => met.push({ name: 'Event', part: 'event', value: JSON.parse(JSON.stringify(event)) }),
    },
  })
  const { stripe } = harness
  const product = await stripe.products.create({ name: 'Mug', description: 'Blue' })
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 1000, product: product.id })
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  const customer = await stripe.customers.create({ email: 'jenny@example.com', metadata: { member_id: '1' } })
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
  await harness.control('POST', `/checkout/sessions/${open.id}/pay`, { card: '4000000000000002' })
  await harness.control('POST', `/checkout/sessions/${open.id}/pay`, {})
  const paid = await stripe.checkout.sessions.retrieve(open.id, {
    expand: ['customer', 'line_items', 'payment_intent.latest_charge'],
  })
  const intent = idOf(paid.payment_intent)
  await stripe.refunds.create({ payment_intent: intent, amount: 100 })
  await harness.control('POST', `/payment_intents/${intent}/dispute`, {})
  await stripe.charges.list({ expand: ['data.refunds'] })
  await stripe.disputes.list()
  await stripe.events.list({ limit: 100 })
  await stripe.shippingRates.list()
  await stripe.customers.del(customer.id)
  await stripe.coupons.del(coupon.id)
})

afterAll(() => harness.stop())

const answersTo = (name: string) => met.filter((one) => one.name === name && one.part === 'answer')
const eventsOf = (type: string) => met.map(({ value }) => value as Json).filter((value) => value['type'] === type)

/** Every object in a value, with the way to it. */
function objectsIn(value: unknown, way: string[] = []): { way: string[]; object: Json }[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, part]) => objectsIn(part, [...way, key]))
  return Array.isArray(value) ? inside : [{ way, object: value as Json }, ...inside]
}

/** What may have any keys; before an event, anything may have been missing. */
const isMap = (way: string[]): boolean => way.includes('metadata')

describe(`what Stripe's SDK says (repeat with SEED=${seed})`, () => {
  test('is kept by all that a shop says and hears in its life', () => {
    expect(met.length).toBeGreaterThan(35)
    for (const { name, part, value } of met) expect(breaches(name, part, value)).toEqual([])
  })

  test('closes every object at every depth: a field that Stripe does not have is a breach', () => {
    fc.assert(
      fc.property(fc.constantFrom(...met), fc.nat(), ({ name, part, value }, pick) => {
        const copy = structuredClone(value)
        const places = objectsIn(copy).filter(({ way }) => !isMap(way))
        const place = places[pick % places.length]
        if (place === undefined) return
        place.object['invented'] = 'x'
        expect(breaches(name, part, copy).join()).toContain('invented')
      }),
      { seed, numRuns: 400 },
    )
  })

  test('asks for every field that Stripe always sends', () => {
    const fields = ['id', 'object', 'amount', 'status', 'metadata', 'payment_intent', 'created', 'balance_transaction']
    for (const { name, part, value } of answersTo('POST /v1/refunds')) {
      for (const field of fields) {
        const { [field]: _, ...rest } = value as Json
        expect(breaches(name, part, rest).join(), field).toContain(`must have required property '${field}'`)
      }
    }
  })

  test.each<[string, string, Json, string]>([
    ['another type', 'POST /v1/refunds', { amount: '1' }, '/amount: must be number'],
    ['null where there is always something', 'POST /v1/refunds', { currency: null }, '/currency: must be string'],
    ['a value that no enum has', 'POST /v1/checkout/sessions', { payment_status: 'owed' }, '/payment_status'],
    ['a list for a map', 'POST /v1/customers', { metadata: ['x'] }, '/metadata: must be object'],
    [
      'an object that the emulator does not have',
      'POST /v1/refunds',
      { balance_transaction: { id: 'txn_1' } },
      '/balance_transaction',
    ],
  ])('finds %s in an answer', (_, name, change, found) => {
    const [answer] = answersTo(name)
    expect(breaches(name, 'answer', { ...(answer?.value as Json), ...change }).join('\n')).toContain(found)
  })

  test('takes a reference as its id or as the whole object', () => {
    const paid = answersTo('GET /v1/checkout/sessions/{id}').at(-1)?.value as Json
    expect(paid['payment_intent']).toMatchObject({ latest_charge: { object: 'charge' } })
    expect(breaches('GET /v1/checkout/sessions/{id}', 'answer', { ...paid, payment_intent: 'pi_1' })).toEqual([])
    expect(breaches('GET /v1/checkout/sessions/{id}', 'answer', { ...paid, payment_intent: 1 })).not.toEqual([])
  })

  test.each<[string, Json, string]>([
    ['a number that is none', { amount: 'ten' }, '/amount'],
    ['a reason that Stripe does not have', { reason: 'broken' }, '/reason'],
    ['a parameter that Stripe does not have', { colour: 'red' }, 'colour'],
  ])('finds %s in a request', (_, change, found) => {
    expect(breaches('POST /v1/refunds', 'request', { payment_intent: 'pi_1', ...change }).join('\n')).toContain(found)
  })

  test('tells events apart by their type', () => {
    const [event] = eventsOf('checkout.session.completed')
    expect(breaches('Event', 'event', event)).toEqual([])
    expect(breaches('Event', 'event', { ...event, type: 'refund.created' })).not.toEqual([])
    expect(breaches('Event', 'event', { ...event, type: 'refund.invented' })).not.toEqual([])
  })
})

describe('the watch of the tests', () => {
  const wrong = { address: 'POST /v1/refunds', params: { colour: 'red' }, answer: {} }

  test('fails with the path of what is not as Stripe says', () => {
    const watch = new ContractWatch({ refused: 'any' })
    watch.call({ ...wrong, status: 200 })
    expect(() => watch.assertKept()).toThrow(/POST \/v1\/refunds request: .*colour/)
  })

  test('minds a refused request only where none is sent on purpose', () => {
    const lenient = new ContractWatch({ refused: 'any' })
    const strict = new ContractWatch({ refused: 'valid' })
    for (const watch of [lenient, strict]) watch.call({ ...wrong, status: 400 })
    lenient.assertKept()
    expect(() => strict.assertKept()).toThrow('colour')
  })
})

test('every call of the emulator is in the contract', () => {
  for (const { method, segments } of routes)
    expect(() => breaches(`${method} ${segments.join('/')}`, 'request', {})).not.toThrow()
})

test('events carry the API version that the SDK was made for', () => {
  const versions = met.filter(({ part }) => part === 'event').map(({ value }) => (value as Json)['api_version'])
  expect(new Set(versions)).toEqual(new Set([Stripe.API_VERSION]))
})

test('nested objects of a paid session, its charge and its dispute are filled in, not null', () => {
  const paid = answersTo('GET /v1/checkout/sessions/{id}').at(-1)?.value
  expect(paid).toMatchObject({
    customer_details: { address: expect.any(Object) },
    collected_information: { shipping_details: expect.any(Object) },
    shipping_cost: expect.any(Object),
    total_details: expect.any(Object),
    payment_intent: {
      latest_charge: {
        payment_method_details: { card: { brand: 'visa' } },
        billing_details: { address: { country: 'US' } },
      },
    },
  })
  const [dispute] = eventsOf('charge.dispute.created')
  expect(dispute).toMatchObject({ data: { object: { evidence: expect.any(Object) } } })
})
