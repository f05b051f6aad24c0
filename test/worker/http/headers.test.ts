import { describe, expect, test } from 'vitest'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createEchoApp } from './echo-app.ts'

const echo = createEchoApp()

describe('security headers', () => {
  test.each([
    ['an answer', '/healthz', 200],
    ['a problem', '/v1/nothing', 404],
  ])('stand on %s', async (_, path, status) => {
    const { headers, status: got } = await createClient().get(path)
    expect(got).toBe(status)
    expect(Object.fromEntries(headers)).toMatchObject({
      'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    })
  })
})

describe('HTTPS', () => {
  const env = { PUBLIC_API_URL: 'https://api.shop.test' }

  test('a plain request is sent to the same address over HTTPS, with its method', async () => {
    const client = createClient(env, { origin: 'http://api.shop.test' })
    const answer = await client.call('POST', '/v1/echo?x=1')
    expect(answer.status).toBe(308)
    expect(answer.headers.get('Location')).toBe('https://api.shop.test/v1/echo?x=1')
    expect(answer.headers.get('Strict-Transport-Security')).toContain('max-age=31536000')
  })

  test.each(['https://api.shop.test', 'http://127.0.0.1:8787', 'http://localhost:8787', 'http://[::1]:8787'])(
    'a request to %s is answered where it came',
    async (origin) => {
      expect((await createClient(env, { origin }).get('/healthz')).status).toBe(200)
    },
  )
})

describe('CORS', () => {
  const preflight = (origin: string, path = '/v1/echo') =>
    createClient({ CORS_ORIGINS: 'http://storefront.test, https://two.test' }, { fetch: echo.fetch }).call(
      'OPTIONS',
      path,
      {
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'x-csrf-token',
        },
      },
    )

  test.each(['http://storefront.test', 'https://two.test'])('a listed storefront, %s, is let in', async (origin) => {
    const { status, headers } = await preflight(origin)
    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Origin')).toBe(origin)
    expect(headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(headers.get('Access-Control-Allow-Methods')).toContain('DELETE')
    expect(headers.get('Access-Control-Allow-Headers')?.toLowerCase()).toContain('x-csrf-token')
    expect(headers.get('Vary')).toContain('Origin')
  })

  test.each(['POST', 'PATCH', 'PUT', 'DELETE'])(
    'a listed storefront may %s with the headers it needs',
    async (method) => {
      const { status, headers } = await createClient({}, { fetch: echo.fetch }).call('OPTIONS', '/v1/echo/x', {
        headers: {
          Origin: 'http://storefront.test',
          'Access-Control-Request-Method': method,
          'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key,if-match,x-csrf-token',
        },
      })
      expect(status).toBe(204)
      expect(headers.get('Access-Control-Allow-Methods')?.split(',')).toContain(method)
      const allowed = headers.get('Access-Control-Allow-Headers')?.toLowerCase().split(',')
      for (const name of ['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-csrf-token'])
        expect(allowed).toContain(name)
      expect(headers.get('Access-Control-Max-Age')).toBe('7200')
      expect(headers.getSetCookie()).toEqual([])
    },
  )

  test.each([
    'null',
    'http://storefront.test.evil.test',
    'http://evilstorefront.test',
    'https://storefront.test',
    'http://storefront.test.',
    'http://storefront.test:8080',
    'http://storefront.test/',
    'http://storefront.test@evil.test',
    'http://evil.test@storefront.test',
    'http://shop.storefront.test',
    'http://storefront.test%2eevil.test',
    'http://storefront.test, http://evil.test',
    'file://storefront.test',
    '*',
    'HTTP://STOREFRONT.TEST',
  ])('a look-alike, %s, gets no CORS header', async (origin) => {
    const asked = await preflight(origin)
    expect(asked.status).toBe(204)
    const read = await createClient().get('/v1/auth/csrf', { Origin: origin })
    expect(read.status).toBe(200)
    for (const { headers } of [asked, read]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(headers.get('Vary')).toContain('Origin')
    }
  })

  test('an answer and a problem can be read by the storefront, with the headers it needs', async () => {
    const visitor = await createVisitor()
    for (const path of ['/v1/auth/csrf', '/v1/nothing']) {
      const { headers } = await visitor.get(path, { Origin: 'http://storefront.test' })
      expect(headers.get('Access-Control-Allow-Origin')).toBe('http://storefront.test')
      expect(headers.get('Access-Control-Expose-Headers')).toMatch(/ETag.*RateLimit.*Retry-After.*X-Request-ID/)
      expect(headers.get('Vary')).toContain('Origin')
    }
    expectProblem(await visitor.get('/v1/nothing', { Origin: 'http://storefront.test' }), 404, 'not-found')
  })
})
