import { afterEach, describe, expect, test, vi } from 'vitest'
import { EMAIL_PATH } from '../../../src/http/paths.ts'
import { PATHS_WITH_OWN_LIMIT } from '../../../src/http/rate-limit/policies.ts'
import { type Client, createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'
import { createEchoApp } from './echo-app.ts'
import { createKv, statuses } from './kv.ts'

const echo = createEchoApp()
const given = { fetch: echo.fetch }

/** A binding that never refuses: what then holds is the isolate's own count. */
const generous = () => ({ limit: vi.fn<RateLimit['limit']>(async () => ({ success: true })) })

const envOf = (overrides: Record<string, unknown> = {}) => ({
  RATE_LIMITS: 'on',
  RATE_LIMIT_KV: createKv(),
  BURST_SIGN_IN: generous(),
  BURST_REFRESH: generous(),
  BURST_CHECKOUT: generous(),
  ...overrides,
})

const many = (times: number, call: (at: number) => Promise<{ status: number }>) =>
  Promise.all(Array.from({ length: times }, (_, at) => call(at)))

const fromAddress = (address: string) => ({ 'CF-Connecting-IP': address })

afterEach(() => vi.useRealTimers())

/** The clock stands still but for what the test adds to it. */
function stopClock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  return (seconds) => vi.setSystemTime(Date.now() + seconds * 1_000)
}

describe('sign-in', () => {
  const signIn = (client: Client, headers = {}) =>
    client.post('/v1/auth/login', { login: 'jane', password: 'x' }, headers)

  test('of a hundred at once from one address five go through, whoever asks', async () => {
    const env = envOf()
    const visitors = await Promise.all(Array.from({ length: 10 }, () => createVisitor(env, given)))
    const answers = await many(100, (at) => signIn(visitors[at % 10]!, fromAddress('198.51.100.1')))
    expect(statuses(answers)).toEqual({ 200: 5, 429: 95 })
  })

  test('is counted by the minute and by the hour, and says so in every answer', async () => {
    const pass = stopClock()
    const visitor = await createVisitor(envOf(), given)
    const first = await signIn(visitor)
    expect(first.headers.get('RateLimit-Policy')).toBe('"sign-in-minute";q=5;w=60, "sign-in-hour";q=10;w=3600')
    expect(first.headers.get('RateLimit')).toMatch(/^"sign-in-minute";r=4;t=60, "sign-in-hour";r=9;t=\d+$/)
    expect(first.headers.has('Retry-After')).toBe(false)
    pass(20)
    await many(4, () => signIn(visitor))
    const sixth = await signIn(visitor)
    expectProblem(sixth, 429, 'rate-limited')
    expect(sixth.headers.get('RateLimit')).toMatch(/^"sign-in-minute";r=0;t=60, "sign-in-hour";r=5;t=\d+$/)
    expect(sixth.headers.get('Retry-After')).toBe('40')
    pass(40)
    expect((await signIn(visitor)).status).toBe(200)
    expect((await signIn(visitor)).status).toBe(429)
    pass(60)
    expect(statuses(await many(5, () => signIn(visitor)))).toEqual({ 200: 4, 429: 1 })
    pass(60)
    const eleventh = await signIn(visitor)
    expectProblem(eleventh, 429, 'rate-limited')
    expect(Number(eleventh.headers.get('Retry-After'))).toBeGreaterThan(300)
  })

  test('from another address, or with an address of its own making, is another matter', async () => {
    const visitor = await createVisitor(envOf(), given)
    await many(6, () => signIn(visitor))
    expect((await signIn(visitor, { 'X-Forwarded-For': '192.0.2.9', 'X-Real-IP': '192.0.2.9' })).status).toBe(429)
    expect((await signIn(visitor, fromAddress('192.0.2.9'))).status).toBe(200)
  })

  test('is refused when the binding says that others have used it up', async () => {
    const limit = async () => ({ success: false })
    const visitor = await createVisitor(envOf({ BURST_SIGN_IN: { limit } }), given)
    const answer = await signIn(visitor)
    expectProblem(answer, 429, 'rate-limited')
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.headers.get('RateLimit')).toMatch(/^"sign-in-minute";r=0;t=60, "sign-in-hour";r=10;t=\d+$/)
  })

  test('goes on when binding and KV fail; what one isolate counts in a minute still holds', async () => {
    const warn = vi.spyOn(console, 'warn')
    const down = () => Promise.reject(new Error('down'))
    const visitor = await createVisitor(
      envOf({ BURST_SIGN_IN: { limit: down }, RATE_LIMIT_KV: createKv({ get: down, put: down }) }),
      given,
    )
    expect(statuses(await many(20, () => signIn(visitor)))).toEqual({ 200: 5, 429: 15 })
    const logged = warn.mock.calls.flat().join('\n')
    expect(logged).toContain('"layer":"kv"')
    expect(logged).toContain('"layer":"burst"')
    warn.mockRestore()
  })
})

describe('forgotten password', () => {
  const forget = (client: Client, login: unknown, headers = {}) =>
    client.post('/v1/auth/password/forgot', { login }, headers)

  test('goes five times an hour for one account, however it is spelled and wherever it comes from', async () => {
    const visitor = await createVisitor(envOf(), given)
    const spellings = ['jane', 'Jane', 'JANE', ' jane ', 'jAnE', 'jane', 'Jane']
    const answers = await many(7, (at) => forget(visitor, spellings[at], fromAddress(`192.0.2.${at}`)))
    expect(statuses(answers)).toEqual({ 200: 5, 429: 2 })
    expect((await forget(visitor, 'john', fromAddress('192.0.2.99'))).status).toBe(200)
  })

  test('goes three times an hour from one address, whatever it asks for', async () => {
    const visitor = await createVisitor(envOf(), given)
    const answers = await many(6, (at) => forget(visitor, `member-${at}`))
    expect(statuses(answers)).toEqual({ 200: 3, 429: 3 })
  })

  test('counts by address when the body names nobody, and stores no name', async () => {
    const env = envOf()
    const visitor = await createVisitor(env, given)
    const answers = await many(5, (at) => forget(visitor, [null, 1, {}, [], undefined][at]))
    expect(statuses(answers)).toEqual({ 200: 3, 429: 2 })
    await forget(visitor, 'Jane@Example.com', fromAddress('192.0.2.1'))
    expect([...env.RATE_LIMIT_KV.values.keys()].join()).not.toMatch(/jane|192/i)
  })
})

describe('other limits of their own', () => {
  test('five registrations an hour from one address', async () => {
    const visitor = await createVisitor(envOf(), given)
    expect(statuses(await many(8, () => visitor.post('/v1/auth/register', {})))).toEqual({ 200: 5, 429: 3 })
  })

  test('ten refreshes a minute from one address', async () => {
    const pass = stopClock()
    const visitor = await createVisitor(envOf(), given)
    expect(statuses(await many(30, () => visitor.post('/v1/auth/refresh')))).toEqual({ 200: 10, 429: 20 })
    pass(60)
    expect((await visitor.post('/v1/auth/refresh')).status).toBe(200)
  })

  test('one deletion and ten exports an hour for a member, from wherever', async () => {
    const client = createClient(envOf(), given)
    const [one, two] = await Promise.all([createMember(), createMember()])
    const headers = (at: number, { bearer } = one) => ({ ...bearer, ...fromAddress(`192.0.2.${at}`) })
    const deletions = await many(3, (at) => client.post('/v1/account/delete', {}, headers(at)))
    expect(statuses(deletions)).toEqual({ 200: 1, 429: 2 })
    const exports = await many(12, (at) => client.get('/v1/account/export', headers(at)))
    expect(statuses(exports)).toEqual({ 200: 10, 429: 2 })
    expect((await client.post('/v1/account/delete', {}, headers(9, two))).status).toBe(200)
  })

  test.each([...PATHS_WITH_OWN_LIMIT].filter((path) => path !== '/v1/webhooks/stripe'))(
    '%s names its own policy, and does not use up the limit of other changes',
    async (path) => {
      const env = envOf()
      const { bearer } = await createMember()
      const method = path === EMAIL_PATH ? 'PATCH' : 'POST'
      const { headers } = await createClient(env, given).call(method, path, { json: {}, headers: bearer })
      expect(headers.get('RateLimit-Policy')).toMatch(/^"(?!changes)/)
      expect([...env.RATE_LIMIT_KV.values.keys()].join()).not.toContain('changes')
    },
  )
})

describe('checkout', () => {
  test('goes ten times a minute for one buyer, and does not use up the limit of other changes', async () => {
    const env = envOf()
    const visitor = await createVisitor(env, given)
    const answers = await many(25, () => visitor.post('/v1/checkout', {}))
    expect(statuses(answers)).toEqual({ 201: 10, 429: 15 })
    const refused = await visitor.post('/v1/checkout', {})
    expectProblem(refused, 429, 'rate-limited')
    expect(refused.headers.get('Retry-After')).toMatch(/^(60|5\d)$/)
    expect(refused.headers.get('RateLimit-Policy')).toBe('"checkout";q=10;w=60')
    expect(refused.headers.get('RateLimit')).toMatch(/^"checkout";r=0;t=(60|5\d)$/)
    expect(env.RATE_LIMIT_KV.writes).toEqual([])
    const other = await createVisitor(env, given)
    expect((await other.post('/v1/checkout', {})).status).toBe(201)
  })

  test.each([
    ['fails', () => Promise.reject(new Error('binding down'))],
    ['never answers', () => new Promise(() => {})],
  ])('goes on when the binding %s', async (_, limit) => {
    const visitor = await createVisitor(envOf({ BURST_CHECKOUT: { limit } }), given)
    expect((await visitor.post('/v1/checkout', {})).status).toBe(201)
  })
})

describe('webhook', () => {
  test('refused signatures are 403, and 429 beyond a hundred a minute; valid ones always come in', async () => {
    const stripe = createClient({ RATE_LIMITS: 'on' }, given)
    const deliver = (signature: string) => stripe.post('/v1/webhooks/stripe', {}, { 'Stripe-Signature': signature })
    expect(statuses(await many(120, () => deliver('forged')))).toEqual({ 403: 100, 429: 20 })
    expect(statuses(await many(150, () => deliver('valid')))).toEqual({ 200: 150 })
  })
})

describe('the bindings of wrangler.toml', () => {
  test.each([
    ['/v1/auth/login', 5],
    ['/v1/auth/refresh', 10],
  ])('%s goes %i times at once', async (path, limit) => {
    const visitor = await createVisitor({ RATE_LIMITS: 'on', RATE_LIMIT_KV: createKv() }, given)
    const answers = await many(limit + 10, () => visitor.post(path, {}))
    expect(statuses(answers)).toEqual({ 200: limit, 429: 10 })
  })
})
