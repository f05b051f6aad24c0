import { describe, expect, test } from 'vitest'
import { emailedToken, newName, openBrowser, PASSWORD } from '../auth/support.ts'
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
