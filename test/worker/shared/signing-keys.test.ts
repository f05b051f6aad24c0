import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { signMessage } from '../../../src/shared/signature.ts'
import { signingKeys } from '../../../src/shared/signing-keys.ts'
import { cookieOf, openBrowser, PASSWORD, registerMember } from '../support/accounts.ts'
import { createClient, expectProblem } from '../support/client.ts'

const NEW_SECRET = 'the-next-signing-secret-that-is-long-enough'

describe('the keys that a secret becomes', () => {
  test('differ from purpose to purpose, and from the secret', () => {
    const purposes = ['visitor-cookie', 'device-cookie', 'csrf-token', 'refresh-token', 'order-link'] as const
    const keys = purposes.flatMap((purpose) => signingKeys({ SIGNING_SECRET: NEW_SECRET }, purpose))
    expect(new Set([...keys, NEW_SECRET]).size).toBe(purposes.length + 1)
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/)
  })

  test('make a cookie worth nothing in the place of another', async () => {
    const browser = await openBrowser()
    const { cookies } = createClient()
    cookies.set('mercat_device', cookieOf(browser, 'mercat_visitor')!)
    const header = { Cookie: `mercat_visitor=${cookieOf((await registerMember()).client, 'mercat_device')!}` }
    const { headers } = await createClient().get('/v1/auth/csrf', header)
    expect(headers.getSetCookie().some((cookie) => cookie.startsWith('mercat_visitor='))).toBe(true)
  })
})

describe('another secret', () => {
  const withCookiesOf = (other: ReturnType<typeof createClient>, overrides: Record<string, unknown>) => {
    const client = createClient(overrides)
    for (const [name, value] of other.cookies) client.cookies.set(name, value)
    return client
  }

  test('beside the one before changes nothing for those who are there, and signs their cookies anew', async () => {
    const { client, username } = await registerMember()
    const rotation = { SIGNING_SECRET: NEW_SECRET, SIGNING_SECRET_PREVIOUS: env.SIGNING_SECRET }
    const during = withCookiesOf(client, rotation)
    const token = cookieOf(client, 'csrf_token')!
    const headers = { 'X-CSRF-Token': token }
    expect((await during.post('/v1/auth/refresh', undefined, headers)).status).toBe(200)
    expect((await during.post('/v1/auth/logout', undefined, headers)).status).toBe(204)
    const after = withCookiesOf(during, { SIGNING_SECRET: NEW_SECRET })
    expect(cookieOf(after, 'mercat_visitor')?.split('.')[0]).toBe(cookieOf(client, 'mercat_visitor')?.split('.')[0])
    await after.csrf()
    expect(cookieOf(after, 'mercat_visitor')).toBe(cookieOf(during, 'mercat_visitor'))
    expect((await after.post('/v1/auth/login', { login: username, password: PASSWORD })).status).toBe(200)
  })

  test('puts no cookie that is signed anew into an answer that others may be given', async () => {
    const { client } = await registerMember()
    const rotation = { SIGNING_SECRET: NEW_SECRET, SIGNING_SECRET_PREVIOUS: env.SIGNING_SECRET }
    for (const path of ['/v1/products?limit=1', '/v1/shop', '/openapi.json']) {
      const during = withCookiesOf(client, rotation)
      const first = await during.get(path)
      expect(first.headers.getSetCookie().join(), path).toMatch(/mercat_visitor=.*mercat_device=/)
      expect(first.headers.get('Cache-Control'), path).toBe('private, no-store')
      const second = await during.get(path)
      expect(second.headers.getSetCookie(), path).toEqual([])
      expect(second.headers.get('Cache-Control'), path).toMatch(/^public/)
    }
  })

  test('alone signs everybody out', async () => {
    const { client } = await registerMember()
    const after = withCookiesOf(client, { SIGNING_SECRET: NEW_SECRET })
    await after.csrf()
    expectProblem(await after.post('/v1/auth/refresh'), 401, 'session-ended')
    expect(cookieOf(after, 'mercat_visitor')).not.toBe(cookieOf(client, 'mercat_visitor'))
  })
})

test('a message that the secret itself has signed is not signed by any of its keys', async () => {
  const [key] = signingKeys(env, 'order-link')
  expect(await signMessage(env.SIGNING_SECRET, 'order:x')).not.toBe(await signMessage(key, 'order:x'))
})
