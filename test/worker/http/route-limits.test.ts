import { afterEach, describe, expect, test, vi } from 'vitest'
import wranglerToml from '../../../wrangler.toml?raw'
import { BURST_BINDINGS } from '../../../src/http/rate-limit/limits.ts'
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
  ...Object.fromEntries(BURST_BINDINGS.map((name) => [name, generous()])),
  ...overrides,
})

const many = <A extends { status: number }>(times: number, call: (at: number) => Promise<A>) =>
  Promise.all(Array.from({ length: times }, (_, at) => call(at)))

const fromAddress = (address: string) => ({ 'CF-Connecting-IP': address })

afterEach(() => vi.useRealTimers())

/** The clock stands still but for what the test adds to it. */
function stopClock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  return (seconds) => vi.setSystemTime(Date.now() + seconds * 1_000)
}

describe('sign-in', () => {
  const signIn = (client: Client, headers = {}, status = 401) =>
    client.post('/v1/auth/login', { login: 'jane', password: 'x', status }, headers)

  test('of a hundred at once from one address five go through, whoever asks', async () => {
    const env = envOf()
    const visitors = await Promise.all(Array.from({ length: 10 }, () => createVisitor(env, given)))
    const answers = await many(100, (at) => signIn(visitors[at % 10]!, fromAddress('198.51.100.1')))
    expect(statuses(answers)).toEqual({ 401: 5, 429: 95 })
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
    expect((await signIn(visitor)).status).toBe(401)
    expect((await signIn(visitor)).status).toBe(429)
    pass(60)
    expect(statuses(await many(5, () => signIn(visitor)))).toEqual({ 401: 4, 429: 1 })
    pass(60)
    const eleventh = await signIn(visitor)
    expectProblem(eleventh, 429, 'rate-limited')
    expect(Number(eleventh.headers.get('Retry-After'))).toBeGreaterThan(300)
  })

  test('by the hour is counted when the password was wrong: an office that signs in leaves the ten guesses as they are', async () => {
    const pass = stopClock()
    const visitor = await createVisitor(envOf(), given)
    for (let minute = 0; minute < 6; minute++) {
      expect(statuses(await many(5, () => signIn(visitor, {}, 200)))).toEqual({ 200: 5 })
      pass(60)
    }
    const wrong = await signIn(visitor)
    expect(wrong.headers.get('RateLimit')).toMatch(/"sign-in-hour";r=9;/)
  })

  test('many at once are never more guesses than the hour allows, though each counts only when it is answered', async () => {
    const pass = stopClock()
    const visitor = await createVisitor(envOf(), given)
    await many(5, () => signIn(visitor))
    pass(60)
    await many(3, () => signIn(visitor))
    pass(60)
    const slow = (status: number) => visitor.post('/v1/auth/login', { login: 'jane', password: 'x', status, after: 50 })
    const answers = await many(5, () => slow(401))
    expect(statuses(answers)).toEqual({ 401: 2, 429: 3 })
    expect(answers.find(({ status }) => status === 429)?.headers.get('Retry-After')).toBe('1')
  })

  test('from another address, or with an address of its own making, is another matter', async () => {
    const visitor = await createVisitor(envOf(), given)
    await many(6, () => signIn(visitor))
    expect((await signIn(visitor, { 'X-Forwarded-For': '192.0.2.9', 'X-Real-IP': '192.0.2.9' })).status).toBe(429)
    expect((await signIn(visitor, fromAddress('192.0.2.9'))).status).toBe(401)
  })

  test('is refused when the binding says that others have used it up', async () => {
    const limit = async () => ({ success: false })
    const visitor = await createVisitor(envOf({ BURST_5: { limit } }), given)
    const answer = await signIn(visitor)
    expectProblem(answer, 429, 'rate-limited')
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.headers.get('RateLimit')).toMatch(/^"sign-in-minute";r=0;t=60, "sign-in-hour";r=10;t=\d+$/)
  })

  test('goes on when binding and KV fail; what one isolate counts in a minute still holds', async () => {
    const warn = vi.spyOn(console, 'warn')
    const down = () => Promise.reject(new Error('down'))
    const visitor = await createVisitor(
      envOf({ BURST_5: { limit: down }, RATE_LIMIT_KV: createKv({ get: down, put: down }) }),
      given,
    )
    expect(statuses(await many(20, () => signIn(visitor)))).toEqual({ 401: 5, 429: 15 })
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
    const spellings = ['jane', 'Jane', 'JANE', 'jaNe', 'jAnE', 'jane', 'Jane']
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
    expect([...env.RATE_LIMIT_KV.values.keys()].join()).not.toMatch(/jane|192\.0/i)
  })
})

describe('other limits of their own', () => {
  const register = (client: Client, status = 200) => client.post('/v1/auth/register', { status })

  test('five registrations an hour from one address, even when all come at once', async () => {
    const visitor = await createVisitor(envOf(), given)
    expect(statuses(await many(8, () => register(visitor)))).toEqual({ 200: 5, 429: 3 })
    expect((await register(visitor)).headers.get('RateLimit')).toMatch(/^"register";r=0;/)
  })

  test('refused passwords and taken names do not use registrations up; thirty attempts an hour do', async () => {
    const pass = stopClock()
    const visitor = await createVisitor(envOf(), given)
    for (let attempt = 0; attempt < 26; attempt++) {
      expect((await register(visitor, 409)).status).toBe(409)
      pass(2)
    }
    const made = await register(visitor)
    expect(made.status).toBe(200)
    expect(made.headers.get('RateLimit')).toMatch(/^"register";r=4;t=\d+, "register-attempts";r=3;t=\d+$/)
    expect(statuses(await many(5, () => register(visitor)))).toEqual({ 200: 3, 429: 2 })
    const refused = expectProblem(await register(visitor), 429, 'rate-limited')
    expect(refused.policies).toEqual(['register-attempts'])
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

  test.each([
    ['POST', '/v1/auth/login'],
    ['POST', '/v1/auth/register'],
    ['POST', '/v1/auth/password/forgot'],
    ['POST', '/v1/auth/refresh'],
    ['POST', '/v1/auth/refresh-token'],
    ['POST', '/v1/checkout'],
    ['PATCH', '/v1/account/email'],
    ['POST', '/v1/account/email/verification'],
    ['POST', '/v1/account/delete'],
  ])('%s %s names its own policy, and does not use up the limit of other changes', async (method, path) => {
    const env = envOf()
    const { bearer } = await createMember()
    const { headers } = await createClient(env, given).call(method, path, { json: {}, headers: bearer })
    expect(headers.get('RateLimit-Policy')).toMatch(/^"(?!changes)/)
    expect([...env.RATE_LIMIT_KV.values.keys()].join()).not.toContain('changes')
  })
})

describe('checkout', () => {
  const checkOut = (client: Client, headers = {}) => client.post('/v1/checkout', {}, headers)

  test('goes ten times a minute for one buyer, and does not use up the limit of other changes', async () => {
    const env = envOf()
    const visitor = await createVisitor(env, given)
    const answers = await many(25, (at) => checkOut(visitor, fromAddress(`192.0.2.${at % 3}`)))
    expect(statuses(answers)).toEqual({ 201: 10, 429: 15 })
    const refused = await checkOut(visitor)
    expect(expectProblem(refused, 429, 'rate-limited').policies).toEqual(['checkout'])
    expect(refused.headers.get('Retry-After')).toMatch(/^(60|5\d)$/)
    expect(refused.headers.get('RateLimit-Policy')).toBe('"checkout";q=10;w=60, "checkout-address";q=30;w=3600')
    expect(refused.headers.get('RateLimit')).toMatch(/^"checkout";r=0;t=(60|5\d), "checkout-address";r=30;t=\d+$/)
    expect([...env.RATE_LIMIT_KV.values.keys()].join()).not.toContain('changes')
    const other = await createVisitor(env, given)
    expect((await checkOut(other)).status).toBe(201)
  })

  test('goes thirty times an hour from one address, however many visitors it makes of itself', async () => {
    const env = envOf()
    const answers = await many(60, async () => checkOut(await createVisitor(env, given), fromAddress('192.0.2.1')))
    expect(statuses(answers)).toEqual({ 201: 30, 429: 30 })
    const refused = await checkOut(await createVisitor(env, given), fromAddress('192.0.2.1'))
    const { policies, retry_after } = expectProblem(refused, 429, 'rate-limited')
    expect(policies).toEqual(['checkout-address'])
    expect(retry_after).toBeGreaterThan(60)
    expect((await checkOut(await createVisitor(env, given), fromAddress('192.0.2.2'))).status).toBe(201)
  })

  test.each([
    ['fails', () => Promise.reject(new Error('binding down'))],
    ['never answers', () => new Promise(() => {})],
  ])('goes on when the binding %s', async (_, limit) => {
    const visitor = await createVisitor(envOf({ BURST_10: { limit } }), given)
    expect((await visitor.post('/v1/checkout', {})).status).toBe(201)
  })
})

describe('search', () => {
  test('reaches the database 120 times a minute from one address; what the cache holds is answered beyond that', async () => {
    stopClock()
    const client = createClient(envOf())
    const word = crypto.randomUUID().slice(0, 8)
    const search = (at: number, address = '192.0.2.60') =>
      client.get(`/v1/products?limit=1&q=${word}-${at}`, fromAddress(address))
    expect((await search(0)).headers.get('X-Cache')).toBe('miss')
    expect(statuses(await many(129, (at) => search(at + 1)))).toEqual({ 200: 119, 429: 10 })
    const refused = await search(200)
    expect(expectProblem(refused, 429, 'rate-limited').policies).toEqual(['search'])
    expect((await search(0)).headers.get('X-Cache')).toBe('hit')
    expect((await search(201, '192.0.2.61')).status).toBe(200)
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

describe('addresses of IPv4', () => {
  test('have nothing in common: what one network asks is no limit to the others', async () => {
    const visitor = await createVisitor(envOf(), given)
    const forget = (at: number) =>
      visitor.post('/v1/auth/password/forgot', { login: `v4-${at}` }, fromAddress(`203.0.113.${at}`))
    expect(statuses(await many(40, forget))).toEqual({ 200: 40 })
  })
})

describe('a wide IPv6 network', () => {
  test('is let in ten times as often as one of its callers: hopping between its /64s is no way around a limit', async () => {
    const env = envOf()
    const visitor = await createVisitor(env, given)
    const forget = (at: number, net = '2001:db8:77') =>
      visitor.post('/v1/auth/password/forgot', { login: `m-${at}` }, fromAddress(`${net}:${at.toString(16)}::1`))
    expect(statuses(await many(40, (at) => forget(at)))).toEqual({ 200: 30, 429: 10 })
    expect((await forget(1, '2001:db8:78')).status).toBe(200)
  })

  test('counts by the minute too, where the binding has no number for it', async () => {
    const visitor = await createVisitor(envOf(), given)
    const refresh = (at: number) => visitor.post('/v1/auth/refresh', {}, fromAddress(`2001:db8:79:${at}::1`))
    expect(statuses(await many(120, refresh))).toEqual({ 200: 100, 429: 20 })
  })
})

describe("a storefront's own server", () => {
  const SECRET = 'a-secret-of-the-storefront-that-is-long-enough'
  const trusting = () => envOf({ TRUSTED_STOREFRONT_SECRETS: `an-older-secret-of-the-storefront-32,${SECRET}` })
  const named = (address: string, secret: string) => ({
    ...fromAddress('198.51.100.9'),
    'X-Storefront-Secret': secret,
    'X-Storefront-Client-IP': address,
  })
  const refreshAs = async (env: object, headers: (at: number) => Record<string, string>) => {
    const visitor = await createVisitor({ ...env }, given)
    return statuses(await many(30, (at) => visitor.post('/v1/auth/refresh', {}, headers(at))))
  }

  test('names its callers by a shared secret, each of whom is counted by itself', async () => {
    expect(await refreshAs(trusting(), (at) => named(`192.0.2.${at}`, SECRET))).toEqual({ 200: 30 })
    expect(await refreshAs(trusting(), () => named('192.0.2.77', SECRET))).toEqual({ 200: 10, 429: 20 })
  })

  test.each([
    ['a wrong secret', trusting, `${SECRET}!`],
    ['a part of it', trusting, SECRET.slice(0, -1)],
    ['nothing', trusting, ''],
    ['all secrets at once', trusting, `an-older-secret-of-the-storefront-32,${SECRET}`],
    ['a secret where none is set', envOf, SECRET],
    ['nothing where none is set', envOf, ''],
  ])('is not believed with %s', async (_, env, secret) => {
    expect(await refreshAs(env(), (at) => named(`192.0.2.${at}`, secret))).toEqual({ 200: 10, 429: 20 })
  })

  test('that names nothing like an address counts as one caller', async () => {
    const nonsense = ['', 'unknown', '192.0.2.1, 192.0.2.2', '999.0.0.1', '::g', '192.0.2.1:80']
    const answers = await refreshAs(trusting(), (at) => named(nonsense[at % nonsense.length] ?? '', SECRET))
    expect(answers).toEqual({ 200: 10, 429: 20 })
  })

  test('must have a long secret', async () => {
    const answer = await createClient({ TRUSTED_STOREFRONT_SECRETS: 'too-short' }).get('/healthz')
    const { errors } = expectProblem(answer, 500, 'misconfigured')
    expect(errors).toMatchObject([{ field: 'TRUSTED_STOREFRONT_SECRETS' }])
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

  test('have the numbers that their names say', () => {
    const found = [...wranglerToml.matchAll(/name = "(BURST_\d+)"[^[]*?limit = (\d+), period = 60/g)]
    expect(found.map(([, name]) => name)).toEqual([...BURST_BINDINGS])
    for (const [, name, limit] of found) expect(name).toBe(`BURST_${limit}`)
  })
})
