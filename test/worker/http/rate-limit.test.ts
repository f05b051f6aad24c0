import { env } from 'cloudflare:test'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { type Hits, judge, rollTo } from '../../../src/http/rate-limit/sliding-window.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'
import { createEchoApp } from './echo-app.ts'
import { createKv, statuses } from './kv.ts'

const echo = createEchoApp()
const given = { fetch: echo.fetch }
const on = { RATE_LIMITS: 'on' }

const change = (visitor: { post: (path: string, json: unknown) => Promise<{ status: number }> }, times: number) =>
  Promise.all(Array.from({ length: times }, () => visitor.post('/v1/echo', {})))

describe('changes by a visitor', () => {
  test('the hundredth in an hour goes through and the next does not, even when all come at once', async () => {
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: createKv() }, given)
    expect(statuses(await change(visitor, 130))).toEqual({ 200: 100, 429: 30 })
    const answer = await visitor.post('/v1/echo', {})
    const problem = expectProblem(answer, 429, 'rate-limited')
    expect(problem.retry_after).toBeGreaterThan(0)
    expect(answer.headers.get('Retry-After')).toBe(String(problem.retry_after))
    expect(answer.headers.get('RateLimit-Policy')).toBe(
      '"changes-visitor";q=100;w=3600, "changes-address";q=1000;w=3600',
    )
    expect(answer.headers.get('RateLimit')).toMatch(/^"changes-visitor";r=0;t=\d+, "changes-address";r=900;t=\d+$/)
  })

  test('every answer tells what is left; reading is not counted', async () => {
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: createKv() }, given)
    const read = await visitor.get('/v1/echo')
    expect(read.headers.has('RateLimit')).toBe(false)
    const first = await visitor.post('/v1/echo', {})
    expect(first.headers.get('RateLimit')).toMatch(/^"changes-visitor";r=99;t=\d+, "changes-address";r=999;t=\d+$/)
    const second = await visitor.delete('/v1/echo')
    expect(second.headers.get('RateLimit')).toMatch(/"changes-visitor";r=98/)
  })

  test('one visitor does not use up what another has', async () => {
    const RATE_LIMIT_KV = createKv()
    const [one, two] = await Promise.all([
      createVisitor({ ...on, RATE_LIMIT_KV }, given),
      createVisitor({ ...on, RATE_LIMIT_KV }, given),
    ])
    await change(one, 101)
    expect((await two.post('/v1/echo', {})).status).toBe(200)
  })

  test('nothing is counted when limits are off', async () => {
    const RATE_LIMIT_KV = createKv()
    const visitor = await createVisitor({ RATE_LIMITS: 'off', RATE_LIMIT_KV }, given)
    const answers = await change(visitor, 105)
    expect(statuses(answers)).toEqual({ 200: 105 })
    expect(RATE_LIMIT_KV.writes).toEqual([])
  })
})

describe('changes by an address', () => {
  test('a thousand in an hour, whoever they are made by', async () => {
    const RATE_LIMIT_KV = createKv()
    const { bearer } = await createMember()
    const address = { 'CF-Connecting-IP': '198.51.100.7', ...bearer }
    const call = () => createClient({ ...on, RATE_LIMIT_KV }, given).post('/v1/echo', {}, address)
    expect(statuses(await Promise.all(Array.from({ length: 1_010 }, call)))).toEqual({ 200: 1_000, 429: 10 })
  })

  test('an address is only believed from Cloudflare, and an IPv6 customer has one', async () => {
    const RATE_LIMIT_KV = createKv()
    const { bearer } = await createMember()
    const left = async (headers: Record<string, string>) => {
      const client = createClient({ ...on, RATE_LIMIT_KV }, given)
      const answer = await client.post('/v1/echo', {}, { ...bearer, ...headers })
      return Number(/"changes-address";r=(\d+)/.exec(answer.headers.get('RateLimit') ?? '')?.[1])
    }
    expect(await left({ 'CF-Connecting-IP': '2001:db8:1:2::1' })).toBe(999)
    expect(await left({ 'CF-Connecting-IP': '2001:0DB8:0001:0002:ffff::', 'X-Forwarded-For': '192.0.2.1' })).toBe(998)
    expect(await left({ 'CF-Connecting-IP': '2001:db8:1:3::1' })).toBe(999)
    expect(await left({ 'CF-Connecting-IP': '::1' })).toBe(999)
    expect(await left({ 'CF-Connecting-IP': '192.0.2.1' })).toBe(999)
  })
})

describe('the store', () => {
  test('holds counts under keys that give no address and no visitor away, with an end', async () => {
    const put = vi.fn<(key: string, value: string, options: { expirationTtl: number }) => Promise<void>>(async () => {})
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: { get: async () => null, put } }, given)
    await visitor.post('/v1/echo', {})
    // The visitor, the address, and the wider network that it is in.
    expect(put).toHaveBeenCalledTimes(3)
    for (const [key, value, options] of put.mock.calls) {
      expect(key).toMatch(/^rl:changes-(visitor|address):[0-9a-f]{32}$/)
      expect(JSON.parse(value)).toMatchObject({ c: 1, p: 0 })
      expect(options).toEqual({ expirationTtl: 7_200 })
    }
  })

  test('is written at most once a second for a key, and in the end holds every hit', async () => {
    const RATE_LIMIT_KV = createKv()
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV }, given)
    await change(visitor, 1)
    await change(visitor, 40)
    const writes = RATE_LIMIT_KV.writes.filter(({ key }) => key.includes('visitor'))
    expect(writes.length).toBeLessThanOrEqual(3)
    expect(writes.at(-1)?.value).toMatchObject({ c: 41 })
  })

  test('tells one isolate what another counted', async () => {
    const first = createKv()
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: first }, given)
    await change(visitor, 60)
    // A namespace object of its own is counted for on its own, as by another isolate.
    const other = { ...createKv(), get: first.get }
    const elsewhere = createClient({ ...on, RATE_LIMIT_KV: other }, given)
    for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value)
    await elsewhere.csrf()
    expect(statuses(await change(elsewhere, 50))).toEqual({ 200: 40, 429: 10 })
  })

  test.each([
    ['fails', () => Promise.reject(new Error('KV GET failed: 500'))],
    ['never answers', () => new Promise(() => {})],
  ])('that %s on reading lets requests through, and says so', async (_, get) => {
    const warn = vi.spyOn(console, 'warn')
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: createKv({ get }) }, given)
    const start = Date.now()
    expect((await visitor.post('/v1/echo', {})).status).toBe(200)
    expect(Date.now() - start).toBeLessThan(2_500)
    expect(statuses(await change(visitor, 120))).toEqual({ 200: 120 })
    expect(warn.mock.calls.flat().join('\n')).toContain('rate-limit-open')
    warn.mockRestore()
  })

  test('that holds nonsense is taken as empty', async () => {
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: createKv({ get: async () => ({ w: 'x' }) }) }, given)
    expect((await visitor.post('/v1/echo', {})).status).toBe(200)
  })

  test('that refuses writes fails no request, says so, and the count in memory goes on', async () => {
    const warn = vi.spyOn(console, 'warn')
    const put = () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests'))
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: createKv({ put }) }, given)
    expect(statuses(await change(visitor, 105))).toEqual({ 200: 100, 429: 5 })
    expect(warn.mock.calls.flat().join('\n')).toContain('rate-limit-write-failed')
    warn.mockRestore()
  })

  test('works with the real binding', async () => {
    const visitor = await createVisitor({ ...on, RATE_LIMIT_KV: env.RATE_LIMIT_KV }, given)
    expect(statuses(await change(visitor, 3))).toEqual({ 200: 3 })
    const { keys } = await env.RATE_LIMIT_KV.list({ prefix: 'rl:changes-visitor:' })
    expect(keys.length).toBeGreaterThan(0)
  })
})

describe('the sliding window', () => {
  const quotas = fc.record({ limit: fc.integer({ min: 1, max: 1_000 }), windowSeconds: fc.constantFrom(10, 60, 3_600) })
  const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2036-01-01'), noInvalidDate: true })

  test('admits no more than the limit within any one window', () => {
    fc.assert(
      fc.property(quotas, moments, fc.integer({ min: 0, max: 2_000 }), (quota, now, previous) => {
        const hits: Hits = { window: Math.floor(now.getTime() / (quota.windowSeconds * 1_000)), current: 0, previous }
        while (judge(hits, now, quota).allowed) hits.current += 1
        expect(hits.current).toBeLessThanOrEqual(quota.limit)
        expect(judge(hits, now, quota).remaining).toBe(0)
      }),
    )
  })

  test('whoever waits as long as Retry-After says is let in, and is never told to wait for more than two windows', () => {
    fc.assert(
      fc.property(quotas, moments, fc.nat(2_000), fc.nat(2_000), (quota, now, current, previous) => {
        const window = Math.floor(now.getTime() / (quota.windowSeconds * 1_000))
        const hits = { window, current: Math.min(current, quota.limit), previous: Math.min(previous, quota.limit) }
        const { allowed, retryAfter } = judge(hits, now, quota)
        if (allowed) return
        expect(retryAfter).toBeLessThanOrEqual(2 * quota.windowSeconds)
        const later = new Date(now.getTime() + retryAfter * 1_000)
        expect(judge(hits, later, quota).allowed).toBe(true)
      }),
    )
  })

  test('forgets what is two windows old, and ignores a clock that is behind', () => {
    const hits = { window: 5, current: 7, previous: 3 }
    expect(rollTo(hits, 6)).toEqual({ window: 6, current: 0, previous: 7 })
    expect(rollTo(hits, 7)).toEqual({ window: 7, current: 0, previous: 0 })
    expect(rollTo(hits, 4)).toEqual(hits)
  })
})
