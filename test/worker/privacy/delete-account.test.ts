import { describe, expect, test } from 'vitest'
import { verifyPassword } from '../../../src/features/passwords/password-hash.ts'
import { addToCart, buy, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createDiscountCode, createSku, db, stockOf, unique } from '../support/shop.ts'
import { deliver, expire, pay, sessionEvent, settleDebit, stripe } from '../support/stripe.ts'
import {
  createPerson,
  deleteAccount,
  deletionOf,
  emailsAreSent,
  expectGone,
  makeDue,
  PASSWORD,
  type Person,
  tick,
  traces,
  withOpenCheckout,
} from './support.ts'

/** The order of a purchase whose buyer pays under the member's own name and address. */
async function buyAs({ client, email, memberId }: Person): Promise<string> {
  await addToCart(client, (await createSku()).skuId)
  const { code } = await createDiscountCode()
  await client.post('/v1/cart/discount-codes', { code })
  const { session_id } = await checkOut(client)
  await pay(session_id, { email, name: 'Jacinta Doenhoff' })
  const answer = await deliverCompleted({ id: session_id })
  expect(answer.status, answer.text).toBe(200)
  await emailsAreSent(memberId)
  return answer.json.order_identifier
}

describe('deleting an account', () => {
  test('asks for the password: a wrong one changes nothing and is counted against the lock', async () => {
    const { client, memberId } = await createPerson()
    expectProblem(await deleteAccount(client, 'Wrong-Heron-42'), 401, 'invalid-credentials')
    const [member] = await db`SELECT failed_sign_ins, username FROM members WHERE id = ${memberId}`
    expect(member).toMatchObject({ failed_sign_ins: 1, username: expect.stringMatching(/^member-/) })
    expect(await deletionOf(memberId)).toBeUndefined()
    expect((await client.get('/v1/cart')).status).toBe(200)
    for (let at = 0; at < 10; at++) await deleteAccount(client, 'Wrong-Heron-42')
    expectProblem(await deleteAccount(client), 401, 'invalid-credentials')
  })

  test('is for members, who send a password and a CSRF token', async () => {
    const visitor = await createVisitor()
    expectProblem(await deleteAccount(visitor), 401, 'not-authenticated')
    const { client, bearer } = await createPerson()
    expectProblem(await client.post('/v1/account/delete', {}), 422, 'validation-failed')
    expectProblem(
      await client.post('/v1/account/delete', { password: PASSWORD }, { 'X-CSRF-Token': 'forged' }),
      403,
      'csrf-failed',
    )
    expect((await createClient().post('/v1/account/delete', { password: PASSWORD }, bearer)).status).toBe(204)
  })

  test('takes everything at once: no trace of the person is left, the cookies go and count no more', async () => {
    const person = await createPerson()
    const { client, memberId, bearer } = person
    const identifier = await buyAs(person)
    await addToCart(client, (await createSku()).skuId)
    await db`INSERT INTO member_default_addresses (member_id, name, line1, city, postal_code, country)
      VALUES (${memberId}, 'Jacinta Doenhoff', '77 Hidden Lane', 'Springfield', '62701', 'US')`
    await db`INSERT INTO terms_agreements (member_id, version) VALUES (${memberId}, '1')`
    await db`INSERT INTO one_time_tokens (member_id, purpose, token_hash, email, expires_at)
      VALUES (${memberId}, 'verify_email', ${unique('digest')}, ${person.email}, now())`
    await db`INSERT INTO prospects (email, pr_cd, converted_member_id) VALUES (${person.email}, ${unique('PR')}, ${memberId})`
    await db`INSERT INTO order_email_failures (order_id, type, phase, message, customer_email, is_member)
      SELECT id, 'smtp', 6, 'no mailbox for Jacinta Doenhoff', email, true FROM orders WHERE identifier = ${identifier}`
    await db`INSERT INTO email_outbox (em_cd, to_address, status, next_sweep_at) VALUES ('password_reset', ${person.email}, 'sent', now())`

    const answer = await deleteAccount(client)
    expect(answer.status, answer.text).toBe(204)
    expect(client.cookies.has('mercat_access')).toBe(false)
    await expectGone(person)
    expect(await traces('Jacinta', 'Hidden Lane')).toEqual([])
    expectProblem(await createClient().call('GET', '/v1/account/export', { headers: bearer }), 401, 'session-ended')
    expectProblem(await createClient().call('GET', '/v1/cart', { headers: bearer }), 401, 'session-ended')
  })

  test('keeps orders whole for the books: amounts, goods, tax region, payment', async () => {
    const person = await createPerson()
    const identifier = await buyAs(person)
    const read = () => db`
      SELECT o.email, o.customer_name, o.total_amount, o.member_id, o.prospect_id, p.stripe_payment_intent_id,
        p.stripe_customer_id, a.name, a.line1, a.city, a.postal_code, a.country, a.state,
        (SELECT sum(line_total_amount)::int FROM order_items i WHERE i.order_id = o.id) AS lines,
        (SELECT count(*)::int FROM order_discounts d WHERE d.order_id = o.id) AS discounts,
        (SELECT count(*)::int FROM email_outbox e WHERE e.order_id = o.id) AS emails
      FROM orders o JOIN order_payments p ON p.order_id = o.id JOIN order_shipping_addresses a ON a.order_id = o.id
      WHERE o.identifier = ${identifier}`
    const [before] = await read()
    expect((await deleteAccount(person.client)).status).toBe(204)
    const [after] = await read()
    expect(after).toEqual({
      ...before,
      email: '[erased]',
      customer_name: null,
      member_id: null,
      stripe_customer_id: null,
      name: null,
      line1: null,
      city: null,
      postal_code: null,
    })
    expect(after).toMatchObject({ discounts: 1, emails: 1, country: expect.stringMatching(/^[A-Z]{2}$/) })
    expect(after!['stripe_payment_intent_id']).toMatch(/^pi_/)
    expectProblem(await person.client.get(`/v1/orders/${identifier}`), 404, 'not-found')
  })

  test('erases what was bought as a guest under the same proven address too', async () => {
    const person = await createPerson()
    const visitor = await createVisitor()
    await addToCart(visitor, (await createSku()).skuId)
    const { session_id } = await checkOut(visitor, { email: person.email })
    await pay(session_id, { email: person.email, name: 'Jacinta Guest' })
    const { order_identifier: identifier } = (await deliverCompleted({ id: session_id })).json
    await db`UPDATE prospects SET converted_member_id = ${person.memberId} WHERE email = ${person.email}`
    await db`UPDATE email_outbox e SET status = 'sent' FROM orders o WHERE o.id = e.order_id AND o.identifier = ${identifier}`
    expect((await deleteAccount(person.client)).status).toBe(204)
    await expectGone(person)
    expect(await traces('Jacinta Guest')).toEqual([])
  })

  test('takes the address from what was begun under it without signing in, whatever became of that', async () => {
    const person = await createPerson()
    const { email } = person
    const begin = async (typed: string) => {
      const { client } = await createBuyer()
      await client.post('/v1/cart/discount-codes', { code: (await createDiscountCode({ perCustomerLimit: 1 })).code })
      return checkOut(client, { email: typed })
    }
    const abandoned = await begin(email.toUpperCase())
    await expire(abandoned.session_id)
    await deliver(sessionEvent('checkout.session.expired', { id: abandoned.session_id }))
    const open = await begin(email)
    const failed = await begin(email)
    await pay(failed.session_id, { payment_method: 'bank_debit', email })
    await deliverCompleted({ id: failed.session_id })
    await settleDebit(failed.session_id, 'failed')
    await deliver(sessionEvent('checkout.session.async_payment_failed', { id: failed.session_id }))
    const bought = await begin(email)
    await pay(bought.session_id, { email })
    const { order_identifier: identifier } = (await deliverCompleted({ id: bought.session_id })).json
    await db`UPDATE email_outbox SET status = 'sent' WHERE to_address = ${email}`
    const before = await db`SELECT email, status FROM checkouts WHERE lower(email) = ${email} ORDER BY status`
    expect(before.map(({ status }) => status)).toEqual(['complete', 'expired', 'failed', 'open'])

    const answer = await deleteAccount(person.client)
    expect(answer.status, answer.text).toBe(204)
    await expectGone(person)
    expect(await db`SELECT email, member_id FROM orders WHERE identifier = ${identifier}`).toEqual([
      { email: '[erased]', member_id: null },
    ])
    // Whoever began it may still pay it: only the address is gone.
    expect(await db`SELECT status FROM checkouts WHERE stripe_session_id = ${open.session_id}`).toEqual([
      { status: 'open' },
    ])
  })

  test('leaves to their owner what was bought under an address that only the account says is theirs', async () => {
    const person = await createPerson()
    await db`UPDATE members SET email_owned_at = NULL WHERE id = ${person.memberId}`
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client, { email: person.email })
    await pay(session_id, { email: person.email })
    const { order_identifier: identifier } = (await deliverCompleted({ id: session_id })).json
    expect((await deleteAccount(person.client)).status).toBe(204)
    expect(
      await db`SELECT o.email, c.email AS typed FROM orders o JOIN checkouts c ON c.id = o.checkout_id
      WHERE identifier = ${identifier}`,
    ).toEqual([{ email: person.email, typed: person.email }])
  })

  test('frees username and address at once, and a new account has nothing of the old one', async () => {
    const person = await createPerson()
    const identifier = await buyAs(person)
    expect((await deleteAccount(person.client)).status).toBe(204)
    const client = await createVisitor()
    const registration = { username: person.username, email: person.email, password: PASSWORD, newsletter: false }
    const answer = await client.post('/v1/auth/register', registration)
    expect(answer.status, answer.text).toBe(201)
    expectProblem(await client.get(`/v1/orders/${identifier}`), 404, 'not-found')
    // 202 while the email of the registration is on its way.
    expect([202, 204]).toContain((await deleteAccount(client)).status)
  })

  test('leaves other people alone', async () => {
    const [person, other] = [await createPerson(), await createPerson()]
    const identifier = await buyAs(other)
    expect((await deleteAccount(person.client)).status).toBe(204)
    expect(await db`SELECT email, customer_name FROM orders WHERE identifier = ${identifier}`).toEqual([
      { email: other.email, customer_name: 'Jacinta Doenhoff' },
    ])
    expect((await other.client.get('/v1/account/export')).status).toBe(200)
    expect(await stripe.customers.retrieve(other.customerId)).not.toHaveProperty('deleted')
  })

  test('twice at the same moment ends in one deletion', async () => {
    const person = await createPerson()
    const answers = await Promise.all([deleteAccount(person.client), deleteAccount(person.client)])
    for (const { status } of answers) expect([202, 204, 401]).toContain(status)
    await makeDue(person.memberId)
    await tick()
    await expectGone(person)
  })

  test('ends sessions, passwords and resets of the account before anything else', async () => {
    const person = await createPerson()
    const { client, sku, checkout } = await withOpenCheckout(person)
    await pay(checkout.session_id, { payment_method: 'bank_debit' })
    await deliverCompleted({ id: checkout.session_id })
    expect((await deleteAccount(client)).status).toBe(202)
    const [member] =
      await db`SELECT password_hash, email, username, first_name FROM members WHERE id = ${person.memberId}`
    expect(member).toEqual({
      password_hash: null,
      email: `${person.memberId}@deleted.invalid`,
      username: `deleted-${person.memberId}`,
      first_name: '',
    })
    expect(await verifyPassword(PASSWORD, member!['password_hash'])).toBe(false)
    for (const login of [person.email, person.username, member!['email'], member!['username']]) {
      expectProblem(
        await (await createVisitor()).post('/v1/auth/login', { login, password: PASSWORD }),
        401,
        'invalid-credentials',
      )
    }
    expectProblem(
      await createClient().call('GET', '/v1/account/export', { headers: person.bearer }),
      401,
      'session-ended',
    )
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })
})

test('buying again after the deletion makes the customer a stranger', async () => {
  const person = await createPerson()
  expect((await deleteAccount(person.client)).status).toBe(204)
  const visitor = await createVisitor()
  await addToCart(visitor, (await createSku()).skuId)
  const { identifier } = await buy(visitor)
  expect(await db`SELECT member_id FROM orders WHERE identifier = ${identifier}`).toEqual([{ member_id: null }])
})

test('ten exports an hour are let through, and a mistyped password does not use up the deletion', async () => {
  const { client } = await createPerson({ RATE_LIMITS: 'on' })
  for (let at = 0; at < 10; at++) expect((await client.get('/v1/account/export')).status).toBe(200)
  expectProblem(await client.get('/v1/account/export'), 429, 'rate-limited')
  expectProblem(await deleteAccount(client, 'Wrong-Heron-42'), 401, 'invalid-credentials')
  expect((await deleteAccount(client)).status).toBe(204)
})
