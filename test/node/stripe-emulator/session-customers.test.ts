import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, idOf, type Harness, startHarness } from './harness.ts'
import { type Paying, payingOn } from './paying.ts'

let harness: Harness
let paying: Paying
beforeAll(async () => {
  harness = await startHarness()
  paying = payingOn(harness)
})
afterAll(() => harness.stop())

describe('customers of a session', () => {
  test('`customer_creation: always` makes one', async () => {
    const session = await paying.open({ customer_creation: 'always' })
    await paying.pay(session.id, { email: 'new@example.com' })
    const paid = await paying.retrieve(session.id)
    expect(paid.customer).toMatchObject({ object: 'customer', email: 'new@example.com' })
    const intents = await harness.stripe.paymentIntents.list({ customer: idOf(paid.customer) })
    expect(intents.data).toHaveLength(1)
  })

  test('an existing one is charged and, where asked for, updated', async () => {
    const { stripe } = harness
    const customer = await stripe.customers.create({ email: 'member@example.com' })
    const session = await paying.open({
      customer: customer.id,
      customer_update: { address: 'auto', name: 'auto', shipping: 'auto' },
      shipping_address_collection: { allowed_countries: ['US'] },
    })
    expect(session.customer_details?.email).toBe('member@example.com')
    await paying.pay(session.id, { name: 'Grace' })
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({
      name: 'Grace',
      address: { country: 'US' },
      shipping: { name: 'Grace' },
    })
    const [event] = (await stripe.events.list({ type: 'customer.updated' })).data
    expect(event?.data.previous_attributes).toMatchObject({ name: null, address: null })
  })

  test('tax needs to know where an existing one lives', async () => {
    const { id } = await harness.stripe.customers.create({})
    const error = await errorOf(paying.open({ customer: id, automatic_tax: { enabled: true } }))
    expect(error.code).toBe('customer_tax_location_invalid')
    const told = await paying.open({
      customer: id,
      automatic_tax: { enabled: true },
      customer_update: { shipping: 'auto' },
    })
    expect(told.status).toBe('open')
  })
})
