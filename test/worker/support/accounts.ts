import { expect } from 'vitest'
import { type Client, createVisitor } from './client.ts'
import { db, unique } from './shop.ts'

export const PASSWORD = 'Grey-Heron-42'
export const ANOTHER_PASSWORD = 'Blue_Otter-17'

/** Emails stay in the outbox: a consumer that wakes up in the middle of another test would be counted there. */
const QUIET = { EMAIL_QUEUE: { send: async () => undefined, sendBatch: async () => undefined } }

/** A visitor with cookies and token, whose emails wait in the outbox. */
export const openBrowser = (overrides: Record<string, unknown> = {}, given: { origin?: string } = {}) =>
  createVisitor({ ...QUIET, ...overrides }, given)

export type Account = {
  client: Client
  id: string
  username: string
  email: string
}

/** A new username, within the allowed length. */
export const newName = (): string => unique('m').slice(0, 30)

export const registration = (username: string = newName()) => ({
  username,
  email: `${username}@example.com`,
  password: PASSWORD,
  newsletter: false,
})

/** A member who has just registered, in a browser of their own. */
export async function registerMember(client?: Client, username?: string): Promise<Account> {
  const browser = client ?? (await openBrowser())
  const given = registration(username)
  const { status, json } = await browser.post('/v1/auth/register', given)
  expect(status).toBe(201)
  return { client: browser, id: json.id, username: given.username, email: given.email }
}

/** Another browser of the member, signed in. */
export async function signInElsewhere(login: string, password = PASSWORD): Promise<Client> {
  const client = await openBrowser()
  const { status } = await client.post('/v1/auth/login', { login, password })
  expect(status).toBe(200)
  return client
}

// oxlint-disable-next-line typescript/no-explicit-any -- a row of the test's own query
export async function memberRow(id: string): Promise<Record<string, any>> {
  const [row] = await db`SELECT * FROM members WHERE id = ${id}`
  return row!
}

export const sessionsOf = (memberId: string) => db`SELECT * FROM sessions WHERE member_id = ${memberId} ORDER BY id`

/** The token in the link of the newest email of this kind to this address. */
export async function emailedToken(
  email: string,
  emCd: string,
  link: 'verify_url' | 'reset_url' | 'disown_url' | 'undo_url' = emCd.endsWith('verification')
    ? 'verify_url'
    : 'reset_url',
): Promise<string> {
  const [row] = await db`
    SELECT variables FROM email_outbox WHERE to_address = ${email} AND em_cd = ${emCd} ORDER BY created_at DESC, id DESC LIMIT 1`
  return new URL(row!.variables[link]).searchParams.get('token')!
}

/** The name that a cookie has on this client's address: plain on HTTP, with a prefix on HTTPS. */
export const cookieOf = (client: Client, name: string): string | undefined =>
  client.cookies.get(name) ?? client.cookies.get(`__Host-${name}`)
