import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { signOrderToken } from '../../../src/shared/order-token.ts'
import { emailedToken, newName, openBrowser, PASSWORD } from '../support/accounts.ts'
import { addToCart, buy, checkOut, deliverCompleted } from '../support/buyer.ts'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { createSku, db } from '../support/shop.ts'
import { pay, stripe } from '../support/stripe.ts'

type Person = { username: string; email: string }

const newPerson = (): Person => {
  const username = newName()
  return { username, email: `${username}@example.com` }
}

/** Buys as a guest, in a browser of its own, and answers the order's identifier. */
async function buyAsGuest(email: string): Promise<{ guest: Client; identifier: string }> {
  const guest = await createVisitor()
  await addToCart(guest, (await createSku()).skuId)
  const { session_id } = await checkOut(guest, { email })
  await pay(session_id, { email })
  const { json } = await deliverCompleted(await stripe.checkout.sessions.retrieve(session_id))
  return { guest, identifier: json.order_identifier }
}

async function register({ username, email }: Person): Promise<Client> {
  const client = await openBrowser()
  const { status, text } = await client.post('/v1/auth/register', {
    username,
    email,
    password: PASSWORD,
    newsletter: false,
  })
  expect(status, text).toBe(201)
  return client
}

async function verify(client: Client, email: string): Promise<void> {
  const token = await emailedToken(email, 'welcome_verification')
  expect((await client.post('/v1/auth/email/verify', { token })).status).toBe(204)
}

const listed = async (client: Client): Promise<string[]> =>
  (await client.get('/v1/orders')).json.items.map(({ identifier }: { identifier: string }) => identifier)

describe('what was bought as a guest', () => {
  test('stays out of an account that a stranger opened under the address, whoever follows its link', async () => {
    const victim = newPerson()
    const { guest, identifier } = await buyAsGuest(victim.email)
    const stranger = await register({ ...newPerson(), email: victim.email })
    await verify(guest, victim.email)
    expect(await listed(stranger)).toEqual([])
    expectProblem(await stranger.get(`/v1/orders/${identifier}`), 404, 'not-found')
    const { json } = await stranger.get('/v1/auth/session')
    expect(json.member).toMatchObject({ email_verified: true, email_owned: false })
    expect((await stranger.get('/v1/account/export')).text).not.toContain(identifier)
    expect((await guest.get(`/v1/orders/${identifier}`)).status).toBe(200)
  })

  test('stays out when the link is followed in a browser that is signed in to another account', async () => {
    const [victim, other] = [newPerson(), newPerson()]
    await buyAsGuest(victim.email)
    const stranger = await register({ ...newPerson(), email: victim.email })
    await verify(await register(other), victim.email)
    expect(await listed(stranger)).toEqual([])
  })

  test('stays out when the address is changed that nobody has proven', async () => {
    const victim = newPerson()
    const { identifier } = await buyAsGuest(victim.email)
    const { username, email } = newPerson()
    const stranger = await register({ username, email: victim.email })
    expect((await stranger.patch('/v1/account/email', { email, password: PASSWORD })).status).toBe(200)
    const token = await emailedToken(email, 'email_verification')
    expect((await stranger.post('/v1/auth/email/verify', { token })).status).toBe(204)
    expect(await listed(stranger)).toEqual([])
    expectProblem(await stranger.get(`/v1/orders/${identifier}`), 404, 'not-found')
  })

  test('joins when the link is followed elsewhere with the password, and not with a wrong one', async () => {
    const person = newPerson()
    const { identifier } = await buyAsGuest(person.email)
    const member = await register(person)
    const phone = await openBrowser()
    const token = await emailedToken(person.email, 'welcome_verification')
    const wrong = await phone.post('/v1/auth/email/verify', { token, password: 'Wrong-Heron-1' })
    expectProblem(wrong, 401, 'invalid-credentials')
    expect(await listed(member)).toEqual([])
    expect((await phone.post('/v1/auth/email/verify', { token, password: PASSWORD })).status).toBe(204)
    expect(await listed(member)).toEqual([identifier])
  })

  test('joins by another link when the first one was followed elsewhere', async () => {
    const person = newPerson()
    const { identifier } = await buyAsGuest(person.email)
    const member = await register(person)
    await verify(await openBrowser(), person.email)
    expect((await member.post('/v1/account/email/verification')).status).toBe(202)
    await verify(member, person.email)
    expect(await listed(member)).toEqual([identifier])
  })

  test('stays with the browser that bought it, and with its emailed link, after it has joined', async () => {
    const person = newPerson()
    const { guest, identifier } = await buyAsGuest(person.email)
    const member = await register(person)
    await verify(member, person.email)
    expect(await listed(member)).toEqual([identifier])
    expect((await guest.get(`/v1/orders/${identifier}`)).status).toBe(200)
    expectProblem(await (await createVisitor()).get(`/v1/orders/${identifier}`), 404, 'not-found')
    const token = await signOrderToken(env, identifier, new Date())
    expect((await (await createVisitor()).get(`/v1/orders/${identifier}?token=${token}`)).status).toBe(200)
  })

  test('shows in the account once the address is verified, and not before', async () => {
    const person = newPerson()
    const { identifier } = await buyAsGuest(person.email.toUpperCase().replace('EXAMPLE.COM', 'example.com'))
    const member = await register(person)
    expect(await listed(member)).toEqual([])
    expectProblem(await member.get(`/v1/orders/${identifier}`), 404, 'not-found')
    await verify(member, person.email)
    expect(await listed(member)).toEqual([identifier])
    expect((await member.get(`/v1/orders/${identifier}`)).json.identifier).toBe(identifier)
  })

  test('stands before what is bought as a member, and stays where it is when nothing else happens', async () => {
    const person = newPerson()
    const first = await buyAsGuest(person.email)
    const member = await register(person)
    await verify(member, person.email)
    await addToCart(member, (await createSku()).skuId)
    const { identifier } = await buy(member)
    expect(await listed(member)).toEqual([identifier, first.identifier])
    const [prospect] = await db`SELECT converted_at IS NOT NULL AS converted FROM prospects
      WHERE lower(email COLLATE "C") = lower(${person.email} COLLATE "C")`
    expect(prospect).toEqual({ converted: true })
  })

  test('under another address stays a stranger’s', async () => {
    const [person, other] = [newPerson(), newPerson()]
    const { identifier } = await buyAsGuest(other.email)
    const member = await register(person)
    await verify(member, person.email)
    expect(await listed(member)).toEqual([])
    expectProblem(await member.get(`/v1/orders/${identifier}`), 404, 'not-found')
  })
})
