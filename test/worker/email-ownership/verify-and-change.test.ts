import { describe, expect, test } from 'vitest'
import { addToCart, buy, createBuyer } from '../support/buyer.ts'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { createOrder } from '../support/email.ts'
import { createSku, db } from '../support/shop.ts'
import { stripe } from '../support/stripe.ts'
import {
  ANOTHER_PASSWORD,
  emailedToken,
  memberRow,
  newName,
  openBrowser,
  PASSWORD,
  registerMember,
  registration,
} from '../support/accounts.ts'

const verify = async (token: string) => (await openBrowser()).post('/v1/auth/email/verify', { token })

describe('verifying the address', () => {
  test('works once, by the link of the welcome email, which is kept nowhere once it is sent', async () => {
    const given = registration()
    const client = await createVisitor()
    const { json } = await client.post('/v1/auth/register', given)
    const mail = await oneEmailTo(given.email)
    const token = /verify-email\?token=([\w-]{43})/.exec(mail.text)![1]!
    expect((await verify(token)).status).toBe(204)
    expect((await client.get('/v1/auth/session')).json.member).toMatchObject({ id: json.id, email_verified: true })
    expectProblem(await verify(token), 422, 'invalid-token')
    expectProblem(await verify('x'), 422, 'invalid-token')
    const variables = async () =>
      (await db`SELECT variables FROM email_outbox WHERE to_address = ${given.email} AND status = 'sent'`)[0]?.variables
    await expect.poll(variables, { timeout: 5_000 }).toEqual({ mb_cd: expect.any(String) })
  })

  test('of 20 at the same moment lets one through', async () => {
    const { email, id } = await registerMember()
    const token = await emailedToken(email, 'welcome_verification')
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect((await memberRow(id)).email_verified_at).not.toBeNull()
  })

  test('is too late after a day, and another link can be asked for until the address is owned', async () => {
    const { client, email, id } = await registerMember()
    const first = await emailedToken(email, 'welcome_verification')
    await db`UPDATE one_time_tokens SET expires_at = now() - interval '1 second' WHERE member_id = ${id}`
    expectProblem(await verify(first), 422, 'invalid-token')
    expect((await client.post('/v1/account/email/verification')).status).toBe(202)
    const token = await emailedToken(email, 'welcome_verification')
    expect((await client.post('/v1/auth/email/verify', { token })).status).toBe(204)
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
    const token = await emailedToken(given.email, 'welcome_verification')
    expect((await client.post('/v1/auth/email/verify', { token })).status).toBe(204)
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
    await browser.post('/v1/auth/email/verify', { token: await emailedToken(given.email, 'welcome_verification') })
    expect((await browser.get(`/v1/orders/${identifier}`)).status).toBe(200)
  })
})

describe('saying “this was not me”', () => {
  const disown = async (token: string) => (await openBrowser()).post('/v1/auth/email/disown', { token })

  test('takes the address off the account, confirmed by mistake or not, and stops its emails', async () => {
    for (const isConfirmed of [false, true]) {
      const { client, email, id, username } = await registerMember()
      const token = await emailedToken(email, 'welcome_verification', 'disown_url')
      const verifying = await emailedToken(email, 'welcome_verification')
      if (isConfirmed) await verify(verifying)
      expect((await disown(token)).status).toBe(204)
      expect(await memberRow(id)).toMatchObject({ email: `no-address-${id}@removed.invalid`, email_verified_at: null })
      expectProblem(await disown(token), 422, 'invalid-token')
      expectProblem(await verify(verifying), 422, 'invalid-token')
      for (const path of ['/v1/account/email/verification', '/v1/auth/password/forgot'])
        expect((await client.post(path, { login: username })).status).toBe(202)
      expect(
        await db`SELECT 1 FROM email_outbox WHERE variables->>'mb_cd' = (
        SELECT mb_cd FROM members WHERE id = ${id})`,
      ).toEqual([])
      await registerMember(await openBrowser())
      const again = await (await openBrowser()).post('/v1/auth/register', { ...registration(), email })
      expect(again.status).toBe(201)
    }
  })

  test('takes it off the customer at Stripe too, but not for one that only waited', async () => {
    const { client, email, id } = await registerMember()
    const token = await emailedToken(email, 'welcome_verification', 'disown_url')
    const customer = await stripe.customers.create({ email })
    await db`UPDATE members SET stripe_customer_id = ${customer.id} WHERE id = ${id}`
    await client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })
    await disown(await emailedToken(`new-${email}`, 'email_verification', 'disown_url'))
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email })
    expect((await disown(token)).status).toBe(204)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email: null })
  })

  test('cannot be blocked: addresses under .invalid are taken from nobody', async () => {
    const { client, email, id } = await registerMember()
    const browser = await openBrowser()
    for (const reserved of [`no-address-${id}@removed.invalid`, `${id}@deleted.INVALID`, 'x@y.invalid']) {
      const refusals = [
        await browser.post('/v1/auth/register', { ...registration(), email: reserved }),
        await client.patch('/v1/account/email', { email: reserved, password: PASSWORD }),
        await browser.post('/v1/checkout', { agreed_with_terms_of_sale: true, email: reserved }),
        await browser.post('/v1/privacy/requests', { email: reserved, kind: 'export' }),
      ]
      for (const refusal of refusals)
        expect(expectProblem(refusal, 422, 'validation-failed').errors).toEqual([
          { field: 'email', code: 'invalid-format', message: 'Nothing can be sent to an address under .invalid.' },
        ])
    }
    expect((await disown(await emailedToken(email, 'welcome_verification', 'disown_url'))).status).toBe(204)
  })

  test('leaves whoever mistyped the account, to give another address', async () => {
    const { client, email, id } = await registerMember()
    await disown(await emailedToken(email, 'welcome_verification', 'disown_url'))
    const own = `own-${email}`
    expect((await client.patch('/v1/account/email', { email: own, password: PASSWORD })).status).toBe(200)
    const token = await emailedToken(own, 'email_verification')
    expect((await client.post('/v1/auth/email/verify', { token })).status).toBe(204)
    expect(await memberRow(id)).toMatchObject({ email: own, email_owned_at: expect.anything() })
  })

  test('lets a member without an address buy: the order goes to the address given at the payment', async () => {
    const { client, email } = await registerMember()
    await disown(await emailedToken(email, 'welcome_verification', 'disown_url'))
    await addToCart(client, (await createSku()).skuId)
    const { identifier } = await buy(client, { email: `paid-${email}` })
    const [order] = await db`SELECT email FROM orders WHERE identifier = ${identifier}`
    expect(order).toEqual({ email: `paid-${email}` })
  })

  test('takes a pending address back, and means nothing once the address is known to be the owner’s', async () => {
    const { client, email, id } = await registerMember()
    const token = await emailedToken(email, 'welcome_verification', 'disown_url')
    const verifying = await emailedToken(email, 'welcome_verification')
    expect((await client.post('/v1/auth/email/verify', { token: verifying })).status).toBe(204)
    expectProblem(await disown(token), 422, 'invalid-token')
    await client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })
    expect((await disown(await emailedToken(`new-${email}`, 'email_verification', 'disown_url'))).status).toBe(204)
    expect(await memberRow(id)).toMatchObject({ email, pending_email: null, email_owned_at: expect.anything() })
  })
})

test('an email to an address that nobody has proven holds no word of who opened the account', async () => {
  const given = registration(`www.${newName()}`.slice(0, 30))
  const client = await openBrowser()
  await client.post('/v1/auth/register', given)
  for (const name of ['https://evil.example', 'see www.evil.example', 'Two\nlines', 'WWW.evil.example'])
    expectProblem(await client.patch('/v1/account', { first_name: name }), 422, 'validation-failed')
  expect((await client.patch('/v1/account', { first_name: 'You won! evil.example' })).status).toBe(200)
  await client.post('/v1/account/email/verification')
  await client.post('/v1/auth/password/forgot', { login: given.email })
  await verify(await emailedToken(given.email, 'welcome_verification'))
  await client.post('/v1/account/password', { current_password: PASSWORD, password: ANOTHER_PASSWORD })
  const rows = await db`SELECT em_cd, variables->>'name' AS name FROM email_outbox WHERE to_address = ${given.email}`
  expect(rows.map(({ name }) => name)).toEqual([null, null, null, null])
  await client.post('/v1/account/email/verification')
  await client.post('/v1/auth/email/verify', { token: await emailedToken(given.email, 'welcome_verification') })
  await client.post('/v1/auth/password/forgot', { login: given.email })
  const [last] = await db`
    SELECT variables->>'name' AS name FROM email_outbox WHERE to_address = ${given.email} ORDER BY id DESC LIMIT 1`
  expect(last).toEqual({ name: 'You won! evil.example' })
})

describe('changing the address', () => {
  const change = (client: Client, email: string, password = PASSWORD) =>
    client.patch('/v1/account/email', { email, password })

  test('needs the password and a free address, and takes effect once the new one is verified', async () => {
    const { client, email, id } = await registerMember()
    await client.post('/v1/auth/email/verify', { token: await emailedToken(email, 'welcome_verification') })
    const other = await registerMember()
    expectProblem(await change(client, `new-${email}`, 'Wrong-Heron-1'), 401, 'invalid-credentials')
    expectProblem(await change(client, other.email), 409, 'account-exists')
    expect(await memberRow(id)).toMatchObject({ failed_sign_ins: 0, pending_email: null })
    const changed = await change(client, `new-${email}`)
    expect(changed.json).toMatchObject({ id, email, email_verified: true, pending_email: `new-${email}` })
    expect((await verify(await emailedToken(`new-${email}`, 'email_verification'))).status).toBe(204)
    expect((await client.get('/v1/auth/session')).json.member).toMatchObject({
      email: `new-${email}`,
      email_verified: true,
      email_owned: false,
      pending_email: null,
    })
  })

  test('goes to whoever proves an address first', async () => {
    const [one, two] = [await registerMember(), await registerMember()]
    const wanted = `wanted-${one.email}`
    for (const { client } of [one, two]) expect((await change(client, wanted)).status).toBe(200)
    const tokenOf = async (id: string) => {
      const [row] = await db`SELECT variables->>'verify_url' AS url FROM email_outbox
        WHERE to_address = ${wanted} AND variables->>'mb_cd' = (SELECT mb_cd FROM members WHERE id = ${id})`
      return new URL(row!.url).searchParams.get('token')!
    }
    expect((await verify(await tokenOf(two.id))).status).toBe(204)
    expectProblem(await verify(await tokenOf(one.id)), 409, 'account-exists')
    expect((await memberRow(one.id)).email).toBe(one.email)
  })

  test('leaves the address before, and its link, as they are until then', async () => {
    const { client, email, id } = await registerMember()
    const reset = async () => {
      await (await openBrowser()).post('/v1/auth/password/forgot', { login: email })
      return emailedToken(email, 'password_reset')
    }
    await change(client, `new-${email}`)
    expect(await reset()).toMatch(/^[\w-]{43}$/)
    expect(await memberRow(id)).toMatchObject({ email, email_verified_at: null })
    const old = await emailedToken(email, 'welcome_verification')
    await verify(await emailedToken(`new-${email}`, 'email_verification'))
    expectProblem(await verify(old), 422, 'invalid-token')
  })

  test('is told to Stripe once it takes effect', async () => {
    const { client, email, id } = await registerMember()
    const customer = await stripe.customers.create({ email })
    await db`UPDATE members SET stripe_customer_id = ${customer.id} WHERE id = ${id}`
    expect((await change(client, `new-${email}`)).status).toBe(200)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email })
    await verify(await emailedToken(`new-${email}`, 'email_verification'))
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email: `new-${email}` })
  })

  test.each(['before', 'after'])('is undone by the link to the address %s it takes effect', async (when) => {
    const { client, email, id, username } = await registerMember()
    await verify(await emailedToken(email, 'welcome_verification'))
    const customer = await stripe.customers.create({ email })
    await db`UPDATE members SET stripe_customer_id = ${customer.id} WHERE id = ${id}`
    expect((await change(client, `thief-${email}`)).status).toBe(200)
    const undo = await emailedToken(email, 'email_change_requested', 'undo_url')
    const verifying = await emailedToken(`thief-${email}`, 'email_verification')
    if (when === 'after') await client.post('/v1/auth/email/verify', { token: verifying })
    expect((await memberRow(id)).email).toBe(when === 'after' ? `thief-${email}` : email)
    const owner = await openBrowser()
    expect((await owner.post('/v1/auth/email/undo-change', { token: undo })).status).toBe(204)
    expectProblem(await owner.post('/v1/auth/email/undo-change', { token: undo }), 422, 'invalid-token')
    expectProblem(await verify(verifying), 422, 'invalid-token')
    expect(await memberRow(id)).toMatchObject({ email, pending_email: null, email_owned_at: null })
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email })
    expectProblem(await client.get('/v1/account/sessions'), 401, 'session-ended')
    expectProblem(
      await owner.post('/v1/auth/login', { login: username, password: PASSWORD }),
      401,
      'invalid-credentials',
    )
    const token = await emailedToken(email, 'password_reset')
    expect((await owner.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })).status).toBe(204)
    expect((await owner.post('/v1/auth/login', { login: username, password: ANOTHER_PASSWORD })).status).toBe(200)
  })

  test('and asking for another link send five emails an hour to addresses that nobody has proven', async () => {
    const { client, email } = await registerMember(await openBrowser({ RATE_LIMITS: 'on' }))
    for (let count = 0; count < 4; count++)
      expect((await client.post('/v1/account/email/verification')).status).toBe(202)
    expect((await change(client, `new-${email}`)).status).toBe(200)
    expectProblem(await change(client, `new-${email}`), 429, 'rate-limited')
    expectProblem(await client.post('/v1/account/email/verification'), 429, 'rate-limited')
  })

  test('to the one that it is takes a pending change back and writes to nobody', async () => {
    const { client, email, id } = await registerMember()
    await change(client, `new-${email}`)
    const emails = () => db`SELECT 1 FROM email_outbox WHERE to_address = ${email}`
    const before = (await emails()).length
    expect((await change(client, email)).json).toMatchObject({ id, email, pending_email: null })
    expect(await emails()).toHaveLength(before)
    expect((await memberRow(id)).failed_sign_ins).toBe(0)
    expectProblem(await verify(await emailedToken(`new-${email}`, 'email_verification')), 422, 'invalid-token')
  })
})
