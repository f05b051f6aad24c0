import { describe, expect, test } from 'vitest'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { emailsTo, oneEmailTo } from '../support/mailbox.ts'
import { createMember } from '../support/member.ts'
import { db, unique } from '../support/shop.ts'
import { deliver, pay, sessionEvent, settleDebit } from '../support/stripe.ts'
import { createPerson, tick, traces } from './support.ts'

const PATH = '/v1/privacy/requests'

/** Buys without an account, under an address of its own; nothing is on its way any more. */
async function buyAsGuest(given?: string, payment: Record<string, string> = {}) {
  const email = given ?? `${unique('guest')}@example.com`
  const { client } = await createBuyer()
  const { session_id: sessionId } = await checkOut(client, { email })
  await pay(sessionId, { email, name: 'Greta Guestova', ...payment })
  const { json } = await deliverCompleted({ id: sessionId })
  await settleEmails(email)
  return { email, sessionId, client, identifier: json.order_identifier as string }
}

const settleEmails = (email: string) =>
  db`UPDATE email_outbox SET status = 'sent', sent_at = now(), variables = '{}' WHERE lower(to_address) = lower(${email})`

const ask = async (email: string, kind: 'export' | 'erasure', client?: Client) =>
  (client ?? (await createVisitor())).post(PATH, { email, kind })

/** Asks, and takes the token from the email; the confirmation of an order may be there too. */
async function tokenFor(email: string, kind: 'export' | 'erasure'): Promise<string> {
  expect((await ask(email, kind)).status).toBe(202)
  const link = kind === 'export' ? /export-data\?token=([\w-]{43})/ : /erase-data\?token=([\w-]{43})/
  const find = async () => (await emailsTo(email)).map(({ text }) => link.exec(text)?.[1]).find(Boolean)
  await expect.poll(find, { timeout: 5_000 }).toBeDefined()
  const token = (await find()) ?? ''
  await settleEmails(email)
  return token
}

const confirm = async (token: string) => (await createVisitor()).post(`${PATH}/confirm`, { token })

describe("a guest's request", () => {
  test('is answered alike for a guest, a member and nobody; only who is known gets an email', async () => {
    const guest = await buyAsGuest()
    const member = await createPerson()
    const nobody = `${unique('nobody')}@example.com`
    const answers = await Promise.all([guest.email, member.email, nobody].map((email) => ask(email, 'export')))
    for (const answer of answers) expect([answer.status, answer.text]).toEqual([202, ''])
    const toMember = await oneEmailTo(member.email)
    expect(toMember.text).toContain('sign in')
    expect(toMember.text).not.toContain('token=')
    await expect
      .poll(async () => (await emailsTo(guest.email)).some(({ text }) => text.includes('token=')), { timeout: 5_000 })
      .toBe(true)
    expect(await emailsTo(nobody)).toEqual([])
    expect(await db`SELECT 1 FROM privacy_requests WHERE email = ${nobody}`).toEqual([])
  })

  test('for a copy gets everything under the address, once, and nothing that lets its bearer act', async () => {
    const guest = await buyAsGuest()
    const other = await buyAsGuest()
    const token = await tokenFor(guest.email.toUpperCase(), 'export')
    const answer = await confirm(token)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="export.json"')
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
    expect(answer.json.data).toMatchObject({
      prospects: [{ email: guest.email, name: 'Greta Guestova' }],
      checkouts: [{ status: 'complete', items: [{ quantity: 1 }] }],
      orders: [{ identifier: guest.identifier, shipping_address: { name: 'Greta Guestova' } }],
      emails: expect.arrayContaining([expect.objectContaining({ em_cd: 'order_confirmation_prospect' })]),
    })
    expect(answer.text).not.toContain(other.identifier)
    expect(answer.text).not.toMatch(/token|_hash|visitor_id|client_secret/)
    expectProblem(await confirm(token), 422, 'invalid-token')
  })

  test('for erasure leaves no trace of the address, and the order for the books', async () => {
    const { email, identifier, client } = await buyAsGuest()
    const { email: otherEmail } = await buyAsGuest()
    await checkOut((await createBuyer()).client, { email: email.toUpperCase() })
    const token = await tokenFor(email, 'erasure')
    const answer = await confirm(token)
    expect(answer.status, answer.text).toBe(204)
    expect(await traces(email, 'Greta Guestova', token)).not.toContain('orders.email')
    expect(await traces(email, token)).toEqual([])
    const [order] = await db`SELECT o.email, o.customer_name, o.prospect_id, a.name, a.line1, a.country
      FROM orders o JOIN order_shipping_addresses a ON a.order_id = o.id WHERE identifier = ${identifier}`
    expect(order).toEqual({
      email: '[erased]',
      customer_name: null,
      prospect_id: null,
      name: null,
      line1: null,
      country: expect.any(String),
    })
    expectProblem(await client.get(`/v1/orders/${identifier}`), 404, 'not-found')
    expectProblem(await confirm(token), 422, 'invalid-token')
    expect(await traces(otherEmail)).not.toEqual([])
  })

  test('for erasure waits for a bank debit, and a tick finishes it', async () => {
    const { email, sessionId } = await buyAsGuest(undefined, { payment_method: 'bank_debit' })
    const token = await tokenFor(email, 'erasure')
    expect((await confirm(token)).status).toBe(202)
    expect(await db`SELECT last_error FROM privacy_requests WHERE email = ${email}`).toEqual([
      { last_error: 'a payment that may still come' },
    ])
    await settleDebit(sessionId, 'succeeded')
    await deliver(sessionEvent('checkout.session.async_payment_succeeded', { id: sessionId }))
    await settleEmails(email)
    // However often it has been tried.
    await db`UPDATE privacy_requests SET next_attempt_at = now() - interval '1 second', attempts = 30 WHERE email = ${email}`
    await tick()
    expect(await traces(email)).toEqual([])
  })

  test('does not reach an account that has the address without having proven it', async () => {
    const { memberId, email } = await createMember()
    const { identifier } = await buyAsGuest(email)
    expect((await confirm(await tokenFor(email, 'erasure'))).status).toBe(204)
    expect(await db`SELECT email FROM members WHERE id = ${memberId}`).toEqual([{ email }])
    expect(await db`SELECT email FROM orders WHERE identifier = ${identifier}`).toEqual([{ email: '[erased]' }])
  })

  test('is good for a day', async () => {
    const { email } = await buyAsGuest()
    const token = await tokenFor(email, 'erasure')
    const [{ hours } = { hours: 0 }] = await db`
      SELECT extract(epoch FROM expires_at - created_at) / 3600 AS hours FROM privacy_requests WHERE email = ${email}`
    expect(Number(hours)).toBe(24)
    await db`UPDATE privacy_requests SET expires_at = now() - interval '1 second' WHERE email = ${email}`
    expectProblem(await confirm(token), 422, 'invalid-token')
    expect(await traces(email)).not.toEqual([])
  })

  test('of 20 confirmations at the same moment lets one through', async () => {
    const { email } = await buyAsGuest()
    const token = await tokenFor(email, 'export')
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 422]))
  })

  test('may be made three times an hour for an address, and five times from one', async () => {
    const email = `${unique('often')}@example.com`
    for (let at = 0; at < 3; at++)
      expect((await ask(email, 'export', await createVisitor({ RATE_LIMITS: 'on' }))).status).toBe(202)
    expectProblem(
      await ask(email.toUpperCase(), 'export', await createVisitor({ RATE_LIMITS: 'on' })),
      429,
      'rate-limited',
    )
    const client = await createVisitor({ RATE_LIMITS: 'on' })
    for (let at = 0; at < 5; at++) expect((await ask(`${unique('x')}@example.com`, 'export', client)).status).toBe(202)
    expectProblem(await ask(`${unique('x')}@example.com`, 'export', client), 429, 'rate-limited')
  })
})

test('without a storefront, a page of our own asks before it erases, and gives the copy as a file', async () => {
  const { email } = await buyAsGuest()
  const post = async (path: string, token: string) => {
    const client = await createVisitor({ STOREFRONT_URL: 'http://shop.test' })
    const page = await client.get(`${path}?token=${token}`)
    expect(page.status, page.text).toBe(200)
    const csrf = /name="csrf_token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    return client.call('POST', path, {
      body: new URLSearchParams({ token, csrf_token: csrf }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
  }
  const copy = await post('/export-data', await tokenFor(email, 'export'))
  expect(copy.headers.get('Content-Disposition')).toBe('attachment; filename="export.json"')
  expect(copy.json.email).toBe(email)
  expect(await traces(email)).not.toEqual([])
  const erased = await post('/erase-data', await tokenFor(email, 'erasure'))
  expect([erased.status, erased.headers.get('Location')]).toEqual([303, '/erase-data?done'])
  expect(await traces(email)).toEqual([])
})
