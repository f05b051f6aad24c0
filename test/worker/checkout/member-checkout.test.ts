import { describe, expect, test } from 'vitest'
import { registerMember } from '../support/accounts.ts'
import { signedIn } from '../support/as-member.ts'
import { addToCart, buy, checkOut } from '../support/buyer.ts'
import { createClient, expectProblem } from '../support/client.ts'
import { emailsTo, oneEmailTo } from '../support/mailbox.ts'
import { clearDatabaseFaults, countRoundTrips, createSku, db, failDatabase } from '../support/shop.ts'
import { clearStripeFaults, failStripe, stripe, stripeRequests } from '../support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }
const HOME = { name: 'Jane Doe', line1: '1 Main Street', city: 'Springfield', postal_code: '62701', country: 'US' }

/** A member with one unit of a SKU of its own in the cart. */
async function memberWithCart(overrides: Record<string, unknown> = {}) {
  const { member, client } = await signedIn(overrides)
  const sku = await createSku()
  await addToCart(client, sku.skuId)
  return { member, client, sku }
}

const customerOf = async (memberId: string): Promise<string | null> =>
  (await db`SELECT stripe_customer_id FROM members WHERE id = ${memberId}`)[0]!.stripe_customer_id

/** Customers at Stripe that were made for this member. */
async function customersAtStripe(memberId: string): Promise<string[]> {
  const { data } = await stripe.customers.list({ limit: 100 })
  return data.filter(({ metadata }) => metadata['member_id'] === memberId).map(({ id }) => id)
}

const sessionOf = (id: string) => stripe.checkout.sessions.retrieve(id)

const customer = async (id: string | null) => {
  const found = await stripe.customers.retrieve(id ?? '')
  if (found.deleted) throw new Error('the customer was deleted')
  return found
}

describe("a member's first checkout", () => {
  test('makes a customer at Stripe with the email of the account, and pays as that customer', async () => {
    const { member, client } = await memberWithCart()
    await client.patch('/v1/account', { first_name: 'Jane', last_name: 'Doe' })
    await client.put('/v1/account/default-address', HOME)
    const { session_id } = await checkOut(client, { email: 'somebody.else@example.com' })
    const id = await customerOf(member.memberId)
    expect(await customersAtStripe(member.memberId)).toEqual([id])
    expect(await customer(id)).toMatchObject({
      email: member.email,
      name: 'Jane Doe',
      shipping: { name: 'Jane Doe', address: { line1: '1 Main Street' } },
    })
    const session = await sessionOf(session_id)
    expect({ customer: session.customer, email: session.customer_email }).toEqual({ customer: id, email: null })
    expect(session.customer_details?.email).toBe(member.email)
  })

  test('reads in one round trip, writes in one, and stores the session after the answer', async () => {
    const { client } = await memberWithCart()
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/checkout', TERMS))
    expect({ status: result.status, roundTrips }).toEqual({ status: 201, roundTrips: 3 })
  })

  test('made 8 times at once makes one customer, one checkout and one session', async () => {
    const { member, client } = await memberWithCart()
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.post('/v1/checkout', TERMS)))
    for (const answer of answers) expect([200, 201], answer.text).toContain(answer.status)
    expect(new Set(answers.map(({ json }) => json.session_id)).size).toBe(1)
    expect(await customersAtStripe(member.memberId)).toEqual([await customerOf(member.memberId)])
  })

  test('whose customer was made but could not be described makes no second one', async () => {
    const { member, client } = await memberWithCart()
    await failStripe({ method: 'POST', path: '/v1/customers/{id}', when: 'before', status: 500, times: 10 })
    expectProblem(await client.post('/v1/checkout', TERMS), 502, 'stripe-api-error')
    await clearStripeFaults()
    expect(await customerOf(member.memberId)).toBeNull()
    await checkOut(client)
    expect(await customersAtStripe(member.memberId)).toEqual([await customerOf(member.memberId)])
  })

  test('whose session was not stored asks for it with exactly the same parameters', async () => {
    const { client } = await memberWithCart()
    await failDatabase('UPDATE checkouts SET stripe_session_id', 'before', 10)
    const first = await client.post('/v1/checkout', TERMS)
    await clearDatabaseFaults()
    await client.put('/v1/account/default-address', HOME)
    await client.patch('/v1/account', { first_name: 'Jane', use_default_shipping_and_payment: true })
    const again = await client.post('/v1/checkout', TERMS)
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.json).toEqual(first.json)
  })
})

describe("a member's later checkout", () => {
  test('reuses the customer, and asks Stripe for nothing but the session', async () => {
    const { member, client, sku } = await memberWithCart()
    const first = await buy(client)
    await addToCart(client, sku.skuId)
    const before = await customer(await customerOf(member.memberId))
    const asked = (await stripeRequests()).length
    const second = await checkOut(client)
    const since: { method: string; path: string }[] = (await stripeRequests()).slice(asked)
    expect(since.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/checkout/sessions'])
    expect(await customer(before.id)).toEqual(before)
    expect((await sessionOf(second.session_id)).customer).toBe((await sessionOf(first.checkout.session_id)).customer)
    expect(await customersAtStripe(member.memberId)).toHaveLength(1)
  })

  test('proposes the default address to a member who wants it used, whatever was used last', async () => {
    const { member, client, sku } = await memberWithCart()
    await buy(client)
    await client.put('/v1/account/default-address', { ...HOME, line1: '7 Elm Street' })
    await client.patch('/v1/account', { use_default_shipping_and_payment: true })
    const id = await customerOf(member.memberId)
    await stripe.customers.update(id ?? '', { shipping: { name: 'Other', address: { line1: 'Elsewhere' } } })
    await addToCart(client, sku.skuId)
    await checkOut(client)
    expect((await customer(id)).shipping?.address?.line1).toBe('7 Elm Street')
  })

  test('makes a customer anew when the old one was deleted at Stripe', async () => {
    for (const usesDefault of [false, true]) {
      const { member, client, sku } = await memberWithCart()
      await buy(client)
      if (usesDefault) {
        await client.put('/v1/account/default-address', HOME)
        await client.patch('/v1/account', { use_default_shipping_and_payment: true })
      }
      const old = await customerOf(member.memberId)
      await stripe.customers.del(old ?? '')
      await addToCart(client, sku.skuId)
      const answers = await Promise.all(Array.from({ length: 4 }, () => client.post('/v1/checkout', TERMS)))
      for (const answer of answers) expect([200, 201], answer.text).toContain(answer.status)
      const id = await customerOf(member.memberId)
      expect(id).not.toBe(old)
      expect(await customersAtStripe(member.memberId)).toEqual([id])
      expect(new Set(answers.map(({ json }) => json.session_id)).size).toBe(1)
      expect((await sessionOf(answers[0]!.json.session_id)).customer).toBe(id)
      await addToCart(client, sku.skuId)
      await buy(client)
    }
  })
})

describe("a member's order", () => {
  test('belongs to the member and is confirmed to the address of the account', async () => {
    const { member, client } = await memberWithCart()
    const { identifier } = await buy(client, { email: 'jane@example.com' })
    const [order] = await db`SELECT member_id, prospect_id, email FROM orders WHERE identifier = ${identifier}`
    expect(order).toEqual({ member_id: member.memberId, prospect_id: null, email: member.email })
    const email = await oneEmailTo(member.email)
    expect(email.text).toContain(identifier)
    const [row] = await db`SELECT e.em_cd FROM email_outbox e JOIN orders o ON o.id = e.order_id
      WHERE o.identifier = ${identifier}`
    expect(row!.em_cd).toBe('order_confirmation_member')
    expect((await emailsTo('jane@example.com')).filter(({ text }) => text.includes(identifier))).toEqual([])
    expect((await client.get('/v1/cart')).json.items).toEqual([])
  })

  test('is read by its member and by nobody else', async () => {
    const { client } = await memberWithCart()
    const { checkout, identifier } = await buy(client)
    expect((await client.get(`/v1/orders/${identifier}`)).json.identifier).toBe(identifier)
    expect((await client.get(`/v1/checkout/${checkout.session_id}`)).json).toEqual({
      status: 'complete',
      order_identifier: identifier,
    })
    const { client: stranger } = await signedIn()
    expectProblem(await stranger.get(`/v1/orders/${identifier}`), 404, 'not-found')
    expectProblem(await stranger.get(`/v1/checkout/${checkout.session_id}`), 404, 'not-found')
    expectProblem(await createClient().get(`/v1/orders/${identifier}`), 404, 'not-found')
  })

  test('stays closed to its browser once the member has signed out, to another member there too', async () => {
    const { client: browser } = await registerMember()
    await addToCart(browser, (await createSku()).skuId)
    const { checkout, identifier } = await buy(browser)
    const paths = [`/v1/orders/${identifier}`, `/v1/checkout/${checkout.session_id}`]
    for (const path of paths) expect((await browser.get(path)).status).toBe(200)
    await browser.post('/v1/auth/logout')
    for (const path of paths) expectProblem(await browser.get(path), 404, 'not-found')
    await registerMember(browser)
    for (const path of paths) expectProblem(await browser.get(path), 404, 'not-found')
  })

  test('gives its address to a member who wants a default one and has none, and replaces none', async () => {
    const { client, sku } = await memberWithCart()
    await buy(client)
    expectProblem(await client.get('/v1/account/default-address'), 404, 'not-found')
    await client.patch('/v1/account', { use_default_shipping_and_payment: true })
    await addToCart(client, sku.skuId)
    const { identifier } = await buy(client)
    const { shipping_address } = (await client.get(`/v1/orders/${identifier}`)).json
    expect((await client.get('/v1/account/default-address')).json).toEqual(shipping_address)
    await client.put('/v1/account/default-address', HOME)
    await addToCart(client, sku.skuId)
    await buy(client)
    expect((await client.get('/v1/account/default-address')).json.line1).toBe(HOME.line1)
  })
})
