import { describe, expect, inject, test, vi } from 'vitest'
import { LOCAL_SECRET } from '../../../dev/turnstile/keys.ts'
import { createBuyer } from '../support/buyer.ts'
import { type Answer, type Client, createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createSku } from '../support/shop.ts'
import { openBrowser, registration } from '../support/accounts.ts'
import { createKv, statuses } from './kv.ts'

const SITE_KEY = '1x00000000000000000000AA'
const turnstile = { TURNSTILE_SECRET_KEY: LOCAL_SECRET, TURNSTILE_SITE_KEY: SITE_KEY }
const required = (form: string) => ({ ...turnstile, TURNSTILE_REQUIRED_FOR: form })

const base = inject('turnstileUrl')
const control = async (path: string, body: object) =>
  (await fetch(`${base}/_turnstile${path}`, { method: 'POST', body: JSON.stringify(body) })).json<{ token: string }>()
/** A token of the widget on a page of the storefront. */
const solve = async (hostname = 'storefront.test') => (await control('/tokens', { hostname })).token
const fail = (mode: string, times: number) => control('/faults', { mode, times })
const asked = async () =>
  (await fetch(`${base}/_turnstile/requests`)).json<
    { response: string; remoteip?: string; idempotency_key: string }[]
  >()

const checkOut = (client: Client, token?: string, headers = {}): Promise<Answer> =>
  client.post(
    '/v1/checkout',
    { agreed_with_terms_of_sale: true, ...(token === undefined ? {} : { turnstile_token: token }) },
    headers,
  )

const from = (address: string) => ({ 'CF-Connecting-IP': address })

describe('where the operator demands a proof', () => {
  test('a checkout without one is refused and told how to get one; with one it goes through', async () => {
    const { client } = await createBuyer({ overrides: required('checkout') })
    const refused = expectProblem(await checkOut(client), 403, 'turnstile-required')
    expect(refused.turnstile).toEqual({ site_key: SITE_KEY })
    const token = await solve()
    expect((await checkOut(client, token, from('192.0.2.5'))).status).toBe(201)
    expect((await asked()).find(({ response }) => response === token)).toMatchObject({
      remoteip: '192.0.2.5',
      idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('so is a registration, and nothing is registered', async () => {
    const browser = await openBrowser(required('register'))
    const given = registration()
    expectProblem(await browser.post('/v1/auth/register', given), 403, 'turnstile-required')
    const answer = await browser.post('/v1/auth/register', { ...given, turnstile_token: await solve() })
    expect(answer.status, answer.text).toBe(201)
  })

  test('so is a forgotten password', async () => {
    const browser = await openBrowser(required('forgotten-password'))
    expectProblem(await browser.post('/v1/auth/password/forgot', { login: 'jane' }), 403, 'turnstile-required')
    const proven = { login: 'jane', turnstile_token: await solve() }
    expect((await browser.post('/v1/auth/password/forgot', proven)).status).toBe(202)
    expectProblem(await browser.post('/v1/auth/password/forgot', proven), 403, 'turnstile-failed')
  })

  test('other forms need none', async () => {
    const browser = await openBrowser(required('checkout,register'))
    expect((await browser.post('/v1/auth/password/forgot', { login: 'jane' })).status).toBe(202)
  })

  test('a page learns before it asks: the CSRF answer says what is demanded', async () => {
    const { json } = await createClient(required('checkout,register')).get('/v1/auth/csrf')
    expect(json.turnstile).toEqual({ site_key: SITE_KEY, required_for: ['checkout', 'register'] })
    expect((await createClient().get('/v1/auth/csrf')).json).not.toHaveProperty('turnstile')
  })
})

describe('a token', () => {
  test('is good for one of two requests at the same moment', async () => {
    const buyers = await Promise.all([1, 2, 3].map(() => createBuyer({ overrides: required('checkout') })))
    const token = await solve()
    const answers = await Promise.all(buyers.map(({ client }) => checkOut(client, token)))
    expect(statuses(answers)).toEqual({ 201: 1, 403: 2 })
  })

  test('may be repeated with the checkout that it was sent with, under the same Idempotency-Key only', async () => {
    const { client } = await createBuyer({ overrides: required('checkout') })
    const token = await solve()
    const key = { 'Idempotency-Key': crypto.randomUUID() }
    expect((await checkOut(client, token, key)).status).toBe(201)
    expect((await checkOut(client, token, key)).status).toBe(200)
    expectProblem(await checkOut(client, token, { 'Idempotency-Key': 'another' }), 403, 'turnstile-failed')
    expectProblem(await checkOut(client, token), 403, 'turnstile-failed')
    const { client: stranger } = await createBuyer({ overrides: required('checkout') })
    expectProblem(await checkOut(stranger, token, key), 403, 'turnstile-failed')
  })

  test('of a page elsewhere is refused, unless its host is named', async () => {
    const { client, sku } = await createBuyer({ overrides: required('checkout') })
    expectProblem(await checkOut(client, await solve('evil.test')), 403, 'turnstile-failed')
    const overrides = { ...required('checkout'), TURNSTILE_HOSTNAMES: 'shop.example, evil.test' }
    const { client: other } = await createBuyer({ sku, overrides })
    expect((await checkOut(other, await solve('evil.test'))).status).toBe(201)
    expectProblem(await checkOut(other, await solve()), 403, 'turnstile-failed')
  })

  test.each(['made-up', 'XXXX.DUMMY.TOKEN.XXXX', '0.', 'x'.repeat(2_048)])(
    'that nobody made is refused: %s',
    async (token) => {
      const { client } = await createBuyer({ overrides: required('checkout') })
      expectProblem(await checkOut(client, token), 403, 'turnstile-failed')
    },
  )

  test.each([
    ['a number', 5, 403],
    ['nothing', '', 403],
    ['too long', 'x'.repeat(2_049), 403],
  ])('that is none counts as none: %s', async (_, token, status) => {
    const { client } = await createBuyer({ overrides: required('checkout') })
    const body = { agreed_with_terms_of_sale: true, turnstile_token: token }
    expectProblem(await client.post('/v1/checkout', body), status, 'turnstile-required')
  })

  test.each([
    ['/v1/checkout', { agreed_with_terms_of_sale: true }],
    ['/v1/auth/register', registration()],
    ['/v1/auth/password/forgot', { login: 'jane' }],
  ])('is looked at 120 times a minute for one address, whatever it is worth: %s', async (path, body) => {
    const BURST_120 = { limit: async () => ({ success: false }) }
    const visitor = await createVisitor({ ...turnstile, RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv(), BURST_120 })
    const token = `junk-${crypto.randomUUID()}`
    const answer = await visitor.post(path, { ...body, turnstile_token: token })
    expect(expectProblem(answer, 429, 'rate-limited').policies).toEqual(['turnstile'])
    expect(answer.headers.get('RateLimit-Policy')).toBe('"turnstile";q=120;w=60')
    expect((await asked()).filter(({ response }) => response === token)).toEqual([])
  })

  test('is not looked at while Turnstile is off', async () => {
    const { client } = await createBuyer()
    expect((await checkOut(client, 'whatever')).status).toBe(201)
  })
})

describe("Cloudflare's test keys", () => {
  const keys = { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_REQUIRED_FOR: 'checkout', TURNSTILE_HOSTNAMES: 'example.com' }

  test.each([
    ['1x0000000000000000000000000000000AA', 201],
    ['2x0000000000000000000000000000000AA', 403],
    ['3x0000000000000000000000000000000AA', 403],
  ])('%s: %i', async (TURNSTILE_SECRET_KEY, status) => {
    const { client } = await createBuyer({ overrides: { ...keys, TURNSTILE_SECRET_KEY } })
    expect((await checkOut(client, 'XXXX.DUMMY.TOKEN.XXXX')).status).toBe(status)
  })

  test("a secret that Cloudflare does not know is the operator's to mend, and is not shown", async () => {
    const { client } = await createBuyer({ overrides: { ...keys, TURNSTILE_SECRET_KEY: '0x4-unknown' } })
    const answer = await checkOut(client, await solve())
    expect(expectProblem(answer, 500, 'misconfigured').detail).toContain('TURNSTILE_SECRET_KEY')
    expect(answer.text).not.toContain('0x4-unknown')
  })
})

describe('while Cloudflare does not answer', () => {
  test.each(['500', 'internal-error'])('(%s) once, it is asked again under the same key', async (mode) => {
    const { client } = await createBuyer({ overrides: required('checkout') })
    const token = await solve()
    await fail(mode, 1)
    expect((await checkOut(client, token)).status).toBe(201)
  })

  test('at all, the shop goes on selling, says so in its log, and takes the token for no proof', async () => {
    const warn = vi.spyOn(console, 'warn')
    const RATE_LIMIT_KV = createKv()
    const overrides = { ...required('checkout'), RATE_LIMITS: 'on', RATE_LIMIT_KV }
    const sku = await createSku({ onHand: 2 })
    const buyers = [await createBuyer({ sku, overrides }), await createBuyer({ sku, overrides })]
    await fail('500', 4)
    expect((await checkOut(buyers[0]!.client, await solve(), from('192.0.2.20'))).status).toBe(201)
    const second = await checkOut(buyers[1]!.client, await solve(), from('192.0.2.20'))
    expectProblem(second, 409, 'network-share-exceeded')
    expect(warn.mock.calls.flat().join('\n')).toContain('turnstile-unanswered')
    warn.mockRestore()
  })

  test('and keeps silent, a checkout waits for five seconds at most', async () => {
    const { client } = await createBuyer({ overrides: required('checkout') })
    const token = await solve()
    await fail('silent', 2)
    const start = Date.now()
    expect((await checkOut(client, token)).status).toBe(201)
    expect(Date.now() - start).toBeLessThan(10_000)
  })
})

describe('a proof', () => {
  test('lets honest people behind one address past its limit of checkouts and its share of the stock', async () => {
    const overrides = { ...turnstile, RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv() }
    const sku = await createSku({ onHand: 2 })
    const buyer = async () => (await createBuyer({ sku, overrides })).client
    expect((await checkOut(await buyer(), undefined, from('192.0.2.30'))).status).toBe(201)
    const one = await buyer()
    const refused = expectProblem(await checkOut(one, undefined, from('192.0.2.30')), 409, 'network-share-exceeded')
    expect(refused.turnstile).toEqual({ site_key: SITE_KEY })
    expect((await checkOut(one, await solve(), from('192.0.2.30'))).status).toBe(201)

    const empty = () => createVisitor(overrides)
    const others = await Promise.all(Array.from({ length: 28 }, empty))
    const answers = await Promise.all(others.map((other) => checkOut(other, undefined, from('192.0.2.30'))))
    expect(statuses(answers)).toEqual({ 422: 28 })
    const limited = expectProblem(await checkOut(await empty(), undefined, from('192.0.2.30')), 429, 'rate-limited')
    expect(limited).toMatchObject({ policies: ['checkout-address'], turnstile: { site_key: SITE_KEY } })
    expectProblem(await checkOut(await empty(), await solve(), from('192.0.2.30')), 422, 'cart-empty')
    expectProblem(await checkOut(await empty(), 'made-up', from('192.0.2.30')), 403, 'turnstile-failed')
  })
})

describe('configuration', () => {
  test.each([
    [{ TURNSTILE_SECRET_KEY: LOCAL_SECRET }, 'TURNSTILE_SITE_KEY'],
    [{ TURNSTILE_REQUIRED_FOR: 'checkout' }, 'TURNSTILE_SECRET_KEY'],
    [{ ...turnstile, TURNSTILE_REQUIRED_FOR: 'checkout,sign-in' }, 'TURNSTILE_REQUIRED_FOR'],
  ])('%j names %s', async (variables, field) => {
    const problem = expectProblem(await createClient(variables).get('/healthz'), 500, 'misconfigured')
    expect(problem.errors).toMatchObject([{ field }])
  })
})
