import { describe, expect, test } from 'vitest'
import { type Answer, createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'
import { createEchoApp } from './echo-app.ts'

const echo = createEchoApp()
const visitorOf = () => createVisitor({}, { fetch: echo.fetch })

describe('the token', () => {
  test('comes with a cookie of the same value and a visitor cookie', async () => {
    const client = createClient()
    const answer = await client.get('/v1/auth/csrf')
    expect(answer.json).toEqual({ csrf_token: client.cookies.get('csrf_token') })
    expect(client.cookies.has('mercat_visitor')).toBe(true)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    for (const cookie of answer.headers.getSetCookie()) {
      expect(cookie).toMatch(/HttpOnly/)
      expect(cookie).toMatch(/SameSite=Lax/)
      expect(cookie).not.toMatch(/Secure/)
    }
  })

  test('is only sent back over HTTPS when it came over HTTPS', async () => {
    const answer = await createClient({}, { origin: 'https://shop.test' }).get('/v1/auth/csrf')
    const cookies = answer.headers.getSetCookie()
    expect(cookies).toHaveLength(2)
    for (const cookie of cookies) expect(cookie).toMatch(/Secure/)
  })

  test('over HTTPS belongs to a visitor whose cookie no sibling domain can have planted', async () => {
    const client = createClient({}, { origin: 'https://shop.test' })
    await client.csrf()
    expect([...client.cookies.keys()]).toContain('__Host-mercat_visitor')
    const planted = client.cookies.get('__Host-mercat_visitor') ?? ''
    client.cookies.delete('__Host-mercat_visitor')
    client.cookies.set('mercat_visitor', planted)
    expectProblem(await client.call('DELETE', '/v1/cart'), 403, 'csrf-failed')
  })

  test('over HTTPS is not read from a cookie that a sibling domain can plant, so that none shuts a visitor out', async () => {
    const client = createClient({}, { origin: 'https://shop.test' })
    await client.csrf()
    client.cookies.set('csrf_token', 'planted.planted')
    expect((await client.call('DELETE', '/v1/cart')).status).toBe(200)
    client.cookies.set('csrf_token', client.cookies.get('__Host-csrf_token') ?? '')
    client.cookies.delete('__Host-csrf_token')
    expectProblem(await client.call('DELETE', '/v1/cart'), 403, 'csrf-failed')
  })

  test('stays the same while it is valid, so that two tabs can work side by side', async () => {
    const visitor = await createVisitor()
    expect(await visitor.csrf()).toBe(await visitor.csrf())
  })

  test('is made anew when the cookie was altered', async () => {
    const visitor = await createVisitor()
    visitor.cookies.set('csrf_token', 'forged.forged')
    expect(await visitor.csrf()).not.toBe('forged.forged')
  })
})

describe('a change', () => {
  test('goes through with the token', async () => {
    const visitor = await visitorOf()
    const answers = await Promise.all(
      ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => visitor.call(method, '/v1/echo', { json: { a: 1 } })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  const refused = async (work: Promise<Answer>, code = 'csrf-failed') => {
    const before = echo.calls()
    expectProblem(await work, 403, code)
    expect(echo.calls()).toBe(before)
  }

  test('is refused without any cookie', () => refused(createClient({}, { fetch: echo.fetch }).post('/v1/echo', {})))

  test('is refused without the header, and with a wrong one', async () => {
    const visitor = await visitorOf()
    await refused(visitor.post('/v1/echo', {}, { 'X-CSRF-Token': '' }))
    await refused(visitor.post('/v1/echo', {}, { 'X-CSRF-Token': 'abc' }))
  })

  test('is refused without the cookie', async () => {
    const visitor = await visitorOf()
    visitor.cookies.delete('csrf_token')
    await refused(visitor.post('/v1/echo', {}))
  })

  test('is refused when header and cookie agree on a token that we did not sign', async () => {
    const visitor = await visitorOf()
    visitor.cookies.set('csrf_token', 'made.up')
    await refused(visitor.post('/v1/echo', {}, { 'X-CSRF-Token': 'made.up' }))
  })

  test("is refused with another visitor's token", async () => {
    const visitor = await visitorOf()
    const token = await (await visitorOf()).csrf()
    visitor.cookies.set('csrf_token', token)
    await refused(visitor.post('/v1/echo', {}, { 'X-CSRF-Token': token }))
  })

  test('is refused when the visitor cookie is gone or altered', async () => {
    const visitor = await visitorOf()
    const cookie = visitor.cookies.get('mercat_visitor') ?? ''
    visitor.cookies.set('mercat_visitor', cookie.replace(/^./, 'f').replace(/.{3}$/, 'AAA'))
    await refused(visitor.post('/v1/echo', {}))
    visitor.cookies.delete('mercat_visitor')
    await refused(visitor.post('/v1/echo', {}))
  })

  test.each([
    'http://evil.test',
    'null',
    'http://storefront.test.evil.test',
    'http://storefront.test:81',
    'http://storefront.test.',
    'http://evilstorefront.test',
    'http://evil.test@storefront.test',
    'HTTP://STOREFRONT.TEST',
    '',
    'https://shop.test',
  ])('from origin %s is refused, even with a token', async (origin) =>
    refused((await visitorOf()).post('/v1/echo', {}, { Origin: origin }), 'origin-not-allowed'),
  )

  test.each(['http://shop.test', 'http://storefront.test'])('from origin %s goes through', async (origin) => {
    expect((await (await visitorOf()).post('/v1/echo', {}, { Origin: origin })).status).toBe(200)
  })

  test('that the browser calls cross-site without an origin is refused', async () => {
    const visitor = await visitorOf()
    await refused(visitor.post('/v1/echo', {}, { 'Sec-Fetch-Site': 'cross-site' }), 'origin-not-allowed')
    expect((await visitor.post('/v1/echo', {}, { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200)
  })
})

describe('a refusal of an origin', () => {
  test('names the origin and the setting that would let it in', async () => {
    const visitor = await visitorOf()
    const answer = await visitor.post('/v1/echo', {}, { Origin: 'http://localhost:3000' })
    const { detail } = expectProblem(answer, 403, 'origin-not-allowed')
    expect(detail).toContain('"http://localhost:3000"')
    expect(detail).toContain('CORS_ORIGINS')
  })

  test.each(["1') UNION SELECT email FROM members --", 'http://a.test/path', 'null'])(
    'does not repeat what is no origin: %s',
    async (text) => {
      const answer = await (await visitorOf()).post('/v1/echo', {}, { Origin: text })
      const { detail } = expectProblem(answer, 403, 'origin-not-allowed')
      expect(detail).not.toContain(text)
      expect(detail).toContain('CORS_ORIGINS')
    },
  )
})

describe('exemptions', () => {
  const MALFORMED = ['Bearer', 'Bearer a b', 'Bearer  ', 'bearer a,b', 'Bearer\ta', 'Bearer "a"', 'Bearer =']

  test.each(MALFORMED)('a malformed bearer (%s) is 401 and opens nothing', async (Authorization) => {
    const client = createClient({}, { fetch: echo.fetch })
    const before = echo.calls()
    expectProblem(await client.post('/v1/echo', {}, { Authorization }), 401, 'not-authenticated')
    expectProblem(await client.post('/v1/auth/login', {}, { Authorization }), 401, 'not-authenticated')
    expectProblem(await client.get('/v1/echo', { Authorization }), 401, 'not-authenticated')
    expect(echo.calls()).toBe(before)
  })

  test.each(MALFORMED)('signing out with a malformed bearer (%s) needs a token all the same', async (Authorization) => {
    expectProblem(await createClient().post('/v1/auth/logout', undefined, { Authorization }), 403, 'csrf-failed')
  })

  test('a bearer of a token needs no CSRF token, unless our cookies come along', async () => {
    const { Authorization } = (await createMember()).bearer
    const client = createClient({}, { fetch: echo.fetch })
    expect((await client.post('/v1/echo', {}, { Authorization })).status).toBe(200)
    expectProblem(await client.post('/v1/echo', {}, { Authorization: 'Basic abc' }), 403, 'csrf-failed')
    const visitor = await visitorOf()
    visitor.cookies.delete('csrf_token')
    expectProblem(await visitor.post('/v1/echo', {}, { Authorization }), 403, 'csrf-failed')
  })

  test.each(['mercat_access', 'mercat_refresh', 'mercat_visitor', 'csrf_token'])(
    'a bearer that comes with the cookie %s needs a token',
    async (name) => {
      const { Authorization } = (await createMember()).bearer
      const client = createClient({}, { fetch: echo.fetch })
      client.cookies.set(name, 'whatever')
      expectProblem(await client.post('/v1/echo', {}, { Authorization }), 403, 'csrf-failed')
    },
  )

  test('the webhook is called without cookies', async () => {
    const answer = await createClient({}, { fetch: echo.fetch }).post(
      '/v1/webhooks/stripe',
      {},
      { 'Stripe-Signature': 'valid' },
    )
    expect(answer.status).toBe(200)
  })

  test('reading needs no token', async () => {
    expect((await createClient({}, { fetch: echo.fetch }).get('/v1/echo', { Origin: 'http://evil.test' })).status).toBe(
      200,
    )
  })
})
