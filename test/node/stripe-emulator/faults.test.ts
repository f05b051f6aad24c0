import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pathMatches } from '../../../dev/stripe/api/faults.ts'
import { clientFor, errorOf, type Harness, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeEach(async () => {
  harness = await startHarness()
})
afterEach(() => harness.stop())

const SESSIONS = { method: 'POST', path: '/v1/checkout/sessions' }
const fault = (more: object) => harness.control('POST', '/faults', { ...SESSIONS, ...more })
const create = (key = 'checkout:1') => harness.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: key })
const sessions = async () => (await harness.stripe.checkout.sessions.list()).data

describe('a fault before', () => {
  test('answers its status as an API error, with no effect and nothing kept under the key', async () => {
    await fault({ when: 'before', status: 503 })
    expect(await errorOf(create())).toMatchObject({ statusCode: 503, rawType: 'api_error', type: 'StripeAPIError' })
    expect(await sessions()).toHaveLength(0)
    const session = await create()
    expect(session.lastResponse.headers['idempotent-replayed']).toBeUndefined()
    expect(await sessions()).toHaveLength(1)
  })

  test('happens as often as it says, and then no more', async () => {
    await fault({ when: 'before', status: 500, times: 2 })
    expect((await harness.control('GET', '/faults')).body).toMatchObject([{ remaining: 2, status: 500 }])
    await errorOf(create())
    await errorOf(create())
    expect((await create()).status).toBe('open')
    expect((await harness.control('GET', '/faults')).body).toEqual([])
  })

  test('with 429 looks like a rate limit', async () => {
    await fault({ when: 'before', status: 429 })
    expect((await errorOf(create())).type).toBe('StripeRateLimitError')
  })
})

describe('a fault after', () => {
  test('hides an effect that took place; the same key finds it again', async () => {
    await fault({ when: 'after', status: 500 })
    expect((await errorOf(create())).statusCode).toBe(500)
    const [created] = await sessions()
    const again = await create()
    expect(again.id).toBe(created?.id)
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(await sessions()).toHaveLength(1)
  })

  test('is not spent on a call that was refused', async () => {
    await fault({ when: 'after', status: 500 })
    expect((await errorOf(harness.stripe.checkout.sessions.create(sessionParams({ expires_at: 1 })))).statusCode).toBe(
      400,
    )
    expect((await errorOf(create())).statusCode).toBe(500)
  })

  test('is got over by the retries of the SDK without doing the work twice', async () => {
    await fault({ when: 'after', status: 500 })
    const session = await clientFor(harness.emulator, { maxNetworkRetries: 2 }).checkout.sessions.create(
      sessionParams(),
    )
    expect((await sessions()).map(({ id }) => id)).toEqual([session.id])
  })
})

describe('a timeout', () => {
  test.each([
    ['before', 0],
    ['after', 1],
  ])('%s leaves the caller without an answer, and %i sessions', async (when, count) => {
    await fault({ when, status: 'timeout' })
    const impatient = clientFor(harness.emulator, { timeout: 300 })
    const call = impatient.checkout.sessions.create(sessionParams(), { idempotencyKey: 'checkout:1' })
    expect((await errorOf(call)).type).toBe('StripeConnectionError')
    expect(await sessions()).toHaveLength(count)
    const again = await create()
    expect(again.status).toBe('open')
    expect(await sessions()).toHaveLength(1)
    expect((await harness.control('GET', '/requests')).body).toMatchObject([
      { status: 'timeout', fault: when, idempotency_key: 'checkout:1' },
      {},
      { status: 200, fault: null, replayed: count === 1 },
      {},
    ])
  })
})

describe('which calls are hit', () => {
  test.each([
    ['/v1/checkout/sessions', '/v1/checkout/sessions', true],
    ['/v1/checkout/sessions', '/v1/checkout/sessions/cs_1', false],
    ['/v1/checkout/sessions/{id}', '/v1/checkout/sessions/cs_1', true],
    ['/v1/checkout/sessions/{id}', '/v1/checkout/sessions/cs_1/expire', false],
    ['/v1/checkout/sessions/*/expire', '/v1/checkout/sessions/cs_1/expire', true],
    ['/v1/*', '/v1/checkout/sessions/cs_1/expire', true],
    ['/v1/refunds', '/v1/coupons', false],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(pathMatches(pattern, path)).toBe(matches)
  })

  test('other methods and paths go through', async () => {
    await fault({ when: 'before', status: 500, times: 10 })
    expect(await sessions()).toEqual([])
    expect((await harness.stripe.coupons.create({ percent_off: 5, duration: 'once' })).valid).toBe(true)
  })

  test('faults can be taken back', async () => {
    await fault({ when: 'before', status: 500, times: 10 })
    expect((await harness.control('DELETE', '/faults')).body).toEqual([])
    expect((await create()).status).toBe('open')
  })

  test('a fault that makes no sense is refused', async () => {
    expect((await fault({ status: 200 })).status).toBe(400)
    expect((await fault({ when: 'during' })).status).toBe(400)
    expect((await fault({ times: 0 })).status).toBe(400)
  })
})
