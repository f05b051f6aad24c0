import { describe, expect, test, vi } from 'vitest'
import { exportedTables, NOT_EXPORTED } from '../../../src/features/privacy/queries/account-export.ts'
import { emailedToken } from '../support/accounts.ts'
import { addToCart, buy, checkOut, deliverCompleted } from '../support/buyer.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { countRoundTrips, createDiscountCode, createSku, db, unique } from '../support/shop.ts'
import { clearStripeFaults, failStripe, pay, stripe } from '../support/stripe.ts'
import { charge, createPerson, deleteAccount, emailsAreSent, PASSWORD, type Person } from './support.ts'

const PATH = '/v1/account/export'

/** One row at least in every table that may name a member. */
async function liveALittle({ client, memberId, email, customerId }: Person): Promise<string> {
  const { code } = await createDiscountCode()
  await addToCart(client, (await createSku()).skuId)
  await client.post('/v1/cart/discount-codes', { code })
  const { identifier } = await buy(client)
  await addToCart(client, (await createSku()).skuId, 2)
  await client.post('/v1/cart/discount-codes', { code })
  await db`INSERT INTO member_default_addresses (member_id, name, line1, city, postal_code, country)
    VALUES (${memberId}, 'Jane Doe', '1 Main Street', 'Springfield', '62701', 'US')`
  await db`INSERT INTO terms_agreements (member_id, version) VALUES (${memberId}, '1')`
  await db`INSERT INTO one_time_tokens (member_id, purpose, token_hash, email, expires_at)
    VALUES (${memberId}, 'reset_password', ${unique('digest')}, ${email}, now())`
  await db`INSERT INTO prospects (email, pr_cd, comment, converted_member_id, converted_at)
    VALUES (${email}, ${unique('PR')}, 'Asked for a catalogue', ${memberId}, now())`
  await db`INSERT INTO email_outbox (em_cd, to_address, variables, next_sweep_at)
    VALUES ('password_reset', ${email}, '{"reset_url":"https://secret.test/?token=hush"}', now())`
  await db`INSERT INTO order_email_failures (order_id, type, phase, message, customer_email, is_member)
    SELECT id, 'smtp', 6, 'mailbox full', email, true FROM orders WHERE identifier = ${identifier}`
  const intent = await charge(customerId)
  await stripe.refunds.create({ payment_intent: intent, amount: 500 })
  return identifier
}

describe('the export of an account', () => {
  test('is a file with everything about the member, and with no secret', async () => {
    const person = await createPerson()
    const identifier = await liveALittle(person)
    const answer = await person.client.get(PATH)
    expect(answer.status, answer.text).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': expect.stringContaining('application/json'),
      'content-disposition': `attachment; filename="account-export-${person.memberId}.json"`,
      'cache-control': 'private, no-store',
    })
    const { account, billing, member_id: memberId } = answer.json
    expect(memberId).toBe(person.memberId)
    expect(account).toMatchObject({
      profile: { id: person.memberId, username: person.username, email: person.email, first_name: 'Jane' },
      default_address: { line1: '1 Main Street' },
      terms_agreements: [{ version: '1' }],
      sessions: [{ id: person.sessionId }],
      one_time_tokens: [{ purpose: 'reset_password', email: person.email }],
      deletion_requests: [],
      cart: { lines: [{ quantity: 2, sku_code: expect.any(String) }], discount_codes: [{ code: expect.any(String) }] },
      checkouts: [{ status: 'complete', items: [{ quantity: 1 }], discounts: [{ kind: 'percent' }] }],
      orders: [
        {
          identifier,
          email: person.email,
          items: [{ quantity: 1 }],
          discounts: [{ kind: 'percent' }],
          payment: { currency: 'usd' },
          refunds: [],
          shipping_address: { name: 'Jane Doe' },
          billing_address: { name: 'Jane Doe' },
          shipping_method: { amount: expect.any(Number) },
          statuses: [{ status: 'accepted' }],
          email_failures: [{ message: 'mailbox full' }],
        },
      ],
      prospects: [{ comment: 'Asked for a catalogue' }],
    })
    const codes = account.emails.map((email: { em_cd: string }) => email.em_cd)
    expect(codes.toSorted()).toEqual(['order_confirmation_member', 'password_reset'])
    expect(billing).toMatchObject({
      complete: true,
      customer: { id: person.customerId },
      charges: expect.arrayContaining([expect.objectContaining({ amount: 2_500, amount_refunded: 500 })]),
      payment_intents: expect.arrayContaining([expect.objectContaining({ amount: 2_500 })]),
      checkout_sessions: expect.arrayContaining([expect.objectContaining({ amount_total: 2_500 })]),
      refunds: [{ amount: 500 }],
    })
    expect(answer.text).not.toMatch(/_hash|client_secret|hush|\$scrypt/)
  })

  test('covers every table from which foreign keys lead to a member, or says why not', async () => {
    const rows = await db`
      WITH RECURSIVE chain AS (
        SELECT 'members'::regclass AS table_id
        UNION SELECT c.conrelid FROM pg_constraint c JOIN chain l ON c.confrelid = l.table_id
        WHERE c.contype = 'f'
      )
      SELECT table_id::text AS name FROM chain
      UNION SELECT table_name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name ~ '(^|_)(member_id|email|to_address|visitor_id)$'`
    const covered = [...exportedTables(), ...Object.keys(NOT_EXPORTED)]
    expect(covered.toSorted()).toEqual(rows.map(({ name }) => name as string).toSorted())
    for (const reason of Object.values(NOT_EXPORTED)) expect(reason.length).toBeGreaterThan(20)
  })

  test('takes one round trip to the database', async () => {
    const { client } = await createPerson()
    const { result, roundTrips } = await countRoundTrips(() => client.get(PATH))
    expect(result.status).toBe(200)
    expect(roundTrips).toBe(1)
  })

  test('pages through more than a hundred charges', async () => {
    const { client, customerId } = await createPerson()
    for (let at = 0; at < 105; at += 15) await Promise.all(Array.from({ length: 15 }, () => charge(customerId)))
    const { billing } = (await client.get(PATH)).json
    expect(new Set(billing.charges.map(({ id }: { id: string }) => id)).size).toBe(105)
  })

  test('has no billing history for who has never been a customer at Stripe, or is none any more', async () => {
    const person = await createPerson()
    await stripe.customers.del(person.customerId)
    expect((await person.client.get(PATH)).json.billing).toMatchObject({ customer: { deleted: true }, charges: [] })
    await db`UPDATE members SET stripe_customer_id = NULL WHERE id = ${person.memberId}`
    expect((await person.client.get(PATH)).json.billing).toBeNull()
    await db`UPDATE members SET stripe_customer_id = ${unique('cus')} WHERE id = ${person.memberId}`
    expect((await person.client.get(PATH)).json.billing).toBeNull()
  })

  test.each(['/v1/customers/{id}', '/v1/charges', '/v1/payment_intents', '/v1/checkout/sessions'])(
    'is complete or nothing: 502 while Stripe does not answer %s',
    async (path) => {
      const { client } = await createPerson()
      await failStripe({ method: 'GET', path, when: 'before', status: 500, times: 100 })
      const answer = await client.get(PATH)
      await clearStripeFaults()
      expectProblem(answer, 502, 'stripe-api-error')
    },
  )

  test('holds nothing of anybody else, whatever address an account was opened under', async () => {
    const victim = await createPerson()
    await addToCart(victim.client, (await createSku()).skuId)
    await buy(victim.client)
    await db`INSERT INTO email_outbox (em_cd, to_address, next_sweep_at) VALUES ('password_reset', 'shared@example.com', now())`
    const other = await createPerson()
    await db`UPDATE members SET email = 'shared@example.com', email_verified_at = NULL, email_owned_at = NULL WHERE id = ${other.memberId}`
    const { account } = (await other.client.get(PATH)).json
    await db`UPDATE members SET email = ${other.email} WHERE id = ${other.memberId}`
    expect(account).toMatchObject({ orders: [], checkouts: [], emails: [], prospects: [], cart: null })
  })

  test('is for members only, with a live session', async () => {
    expectProblem(await createClient().get(PATH), 401, 'not-authenticated')
    expectProblem(await (await createVisitor()).get(PATH), 401, 'not-authenticated')
    const { client, sessionId } = await createPerson()
    await db`UPDATE sessions SET ended_at = now() WHERE id = ${sessionId}`
    expectProblem(await client.get(PATH), 401, 'session-ended')
  })

  test('goes on to tell of an order that was bought without signing in, after the address was proven', async () => {
    const person = await createPerson()
    const visitor = await createVisitor()
    await addToCart(visitor, (await createSku()).skuId)
    const { checkout, identifier } = await buy(visitor, { email: person.email })
    await db`UPDATE prospects p SET converted_member_id = ${person.memberId} FROM orders o
      WHERE o.prospect_id = p.id AND o.identifier = ${identifier}`
    const { account } = (await person.client.get(PATH)).json
    await db`UPDATE prospects SET converted_member_id = NULL WHERE converted_member_id = ${person.memberId}`
    expect(account.orders).toMatchObject([{ identifier }])
    expect(account.checkouts).toMatchObject([{ id: checkout.checkout_id }])
  })
})

test('an address that the member has left says nothing of who has it now', async () => {
  const person = await createPerson()
  const visitor = await createVisitor()
  const buyUnder = async (name: string) => {
    await addToCart(visitor, (await createSku()).skuId)
    const { session_id } = await checkOut(visitor)
    await pay(session_id, { email: person.email, name })
    return (await deliverCompleted({ id: session_id })).json.order_identifier
  }
  const own = await buyUnder('Jane Doe')
  await db`UPDATE prospects SET converted_member_id = ${person.memberId} WHERE email = ${person.email}`
  const change = { email: `new-${person.email}`, password: PASSWORD }
  expect((await person.client.patch('/v1/account/email', change)).status).toBe(200)
  const token = await emailedToken(change.email, 'email_verification')
  expect((await person.client.post('/v1/auth/email/verify', { token })).status).toBe(204)
  const others = await buyUnder('Mary Stranger')
  const { text } = await person.client.get('/v1/account/export')
  expect(text).toContain(own)
  expect(text).not.toContain(others)
  // A deletion waits for emails that are on their way.
  const pending = () => db`SELECT id FROM email_outbox WHERE to_address = ${person.email} AND status <> 'sent'`
  await vi.waitFor(async () => expect(await pending()).toEqual([]), { timeout: 10_000 })
  await emailsAreSent(person.memberId)
  expect((await deleteAccount(person.client)).status).toBe(204)
  const [order] = await db`SELECT customer_name FROM orders WHERE identifier = ${others}`
  expect(order).toEqual({ customer_name: 'Mary Stranger' })
})

test('an open checkout is in the export', async () => {
  const { client } = await createPerson()
  await addToCart(client, (await createSku()).skuId)
  const { checkout_id } = await checkOut(client)
  expect((await client.get(PATH)).json.account.checkouts).toMatchObject([{ id: checkout_id, status: 'open' }])
})
