import { describe, expect, test } from 'vitest'
import { buy, createBuyer } from '../support/buyer.ts'
import { expectProblem } from '../support/client.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { createOrder } from '../support/email.ts'
import { db } from '../support/shop.ts'
import { stripe } from '../support/stripe.ts'
import { createVisitor } from '../support/client.ts'
import { emailedToken, memberRow, openBrowser, PASSWORD, registerMember, registration } from './support.ts'

const verify = async (token: string) => (await openBrowser()).post('/v1/auth/email/verify', { token })

describe('verifying the address', () => {
  test('works once, by the link of the welcome email', async () => {
    const given = registration()
    const client = await createVisitor()
    const { json } = await client.post('/v1/auth/register', given)
    const mail = await oneEmailTo(given.email)
    const token = /verify-email\?token=([\w-]{43})/.exec(mail.text)![1]!
    expect((await verify(token)).status).toBe(204)
    expect((await client.get('/v1/auth/session')).json.member).toMatchObject({ id: json.id, email_verified: true })
    expectProblem(await verify(token), 422, 'invalid-token')
    expectProblem(await verify('x'), 422, 'invalid-token')
  })

  test('of 20 at the same moment lets one through', async () => {
    const { email, id } = await registerMember()
    const token = await emailedToken(email, 'welcome_verification')
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect((await memberRow(id)).email_verified_at).not.toBeNull()
  })

  test('is too late after a day, and another link can be asked for until then', async () => {
    const { client, email, id } = await registerMember()
    const first = await emailedToken(email, 'welcome_verification')
    await db`UPDATE one_time_tokens SET expires_at = now() - interval '1 second' WHERE member_id = ${id}`
    expectProblem(await verify(first), 422, 'invalid-token')
    expect((await client.post('/v1/account/email/verification')).status).toBe(202)
    expect((await verify(await emailedToken(email, 'welcome_verification'))).status).toBe(204)
    expect((await client.post('/v1/account/email/verification')).status).toBe(202)
    expect(await db`SELECT 1 FROM email_outbox WHERE to_address = ${email}`).toHaveLength(2)
  })

  test('brings what was bought under it without an account into the account, not before', async () => {
    const order = await createOrder()
    const stranger = await createOrder()
    const given = { ...registration(), email: order.email.toUpperCase() }
    const client = await openBrowser()
    const { json } = await client.post('/v1/auth/register', given)
    const ownersOf = async () =>
      db`SELECT member_id, prospect_id FROM orders WHERE id IN (${order.orderId}, ${stranger.orderId}) ORDER BY id`
    expect((await ownersOf()).map((row) => row.member_id)).toEqual([null, null])
    expect((await verify(await emailedToken(given.email, 'welcome_verification'))).status).toBe(204)
    expect((await ownersOf()).map((row) => row.member_id)).toEqual([json.id, null])
    const [prospect] = await db`SELECT * FROM prospects WHERE email = ${order.email}`
    expect(prospect).toMatchObject({ converted_member_id: json.id, converted_at: expect.anything() })
  })

  test('brings a purchase made as a guest into the account', async () => {
    const given = registration()
    const { client } = await createBuyer()
    const { identifier } = await buy(client, { email: given.email })
    const browser = await openBrowser()
    await browser.post('/v1/auth/register', given)
    expectProblem(await browser.get(`/v1/orders/${identifier}`), 404, 'not-found')
    const [{ email } = {}] = await db`SELECT email FROM orders WHERE identifier = ${identifier}`
    expect(email).toBe(given.email)
    await verify(await emailedToken(given.email, 'welcome_verification'))
    expect((await browser.get(`/v1/orders/${identifier}`)).status).toBe(200)
  })
})

describe('changing the address', () => {
  test('needs the password and a free address, and the new one is verified anew', async () => {
    const { client, email, id } = await registerMember()
    await verify(await emailedToken(email, 'welcome_verification'))
    const other = await registerMember()
    const change = (to: string, password = PASSWORD) => client.patch('/v1/account/email', { email: to, password })
    expectProblem(await change(`new-${email}`, 'Wrong-Heron-1'), 401, 'invalid-credentials')
    expectProblem(await change(other.email), 409, 'account-exists')
    expect((await memberRow(id)).failed_sign_ins).toBe(0)
    const changed = await change(`new-${email}`)
    expect(changed.json).toMatchObject({ id, email: `new-${email}`, email_verified: false })
    expect((await verify(await emailedToken(`new-${email}`, 'welcome_verification'))).status).toBe(204)
    expect((await client.get('/v1/auth/session')).json.member).toMatchObject({ email_verified: true })
  })

  test('makes the link to the address before useless', async () => {
    const { client, email, id } = await registerMember()
    const old = await emailedToken(email, 'welcome_verification')
    await client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })
    expectProblem(await verify(old), 422, 'invalid-token')
    expect((await memberRow(id)).email_verified_at).toBeNull()
  })

  test('is told to Stripe, whose payment page shows it', async () => {
    const { client, email, id } = await registerMember()
    const customer = await stripe.customers.create({ email })
    await db`UPDATE members SET stripe_customer_id = ${customer.id} WHERE id = ${id}`
    expect((await client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })).status).toBe(200)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email: `new-${email}` })
  })

  test('and asking for another link send five emails an hour to addresses that nobody has proven', async () => {
    const { client, email } = await registerMember(await openBrowser({ RATE_LIMITS: 'on' }))
    for (let count = 0; count < 4; count++)
      expect((await client.post('/v1/account/email/verification')).status).toBe(202)
    const change = () => client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })
    expect((await change()).status).toBe(200)
    expectProblem(await change(), 429, 'rate-limited')
    expectProblem(await client.post('/v1/account/email/verification'), 429, 'rate-limited')
  })

  test('to the one that it is changes nothing and writes to nobody', async () => {
    const { client, email, id } = await registerMember()
    const answer = await client.patch('/v1/account/email', { email, password: PASSWORD })
    expect(answer.json).toMatchObject({ id, email })
    expect(await db`SELECT 1 FROM email_outbox WHERE to_address = ${email}`).toHaveLength(1)
    expect((await memberRow(id)).failed_sign_ins).toBe(0)
  })
})
