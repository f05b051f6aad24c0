import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientFor, errorOf, type Harness, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const sessionsCount = async () => (await harness.stripe.checkout.sessions.list({ limit: 100 })).data.length

test('the same key with the same parameters gets the first answer again, marked as replayed', async () => {
  const { stripe } = harness
  const before = await sessionsCount()
  const first = await stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'same' })
  const second = await stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'same' })
  expect(second.id).toBe(first.id)
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId)
  expect(await sessionsCount()).toBe(before + 1)
})

test('a replay shows the answer of then, not the state of now', async () => {
  const { stripe } = harness
  const first = await stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'then' })
  await stripe.checkout.sessions.expire(first.id)
  const again = await stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'then' })
  expect(again).toMatchObject({ id: first.id, status: 'open' })
})

test('the same key with different parameters is an idempotency error', async () => {
  const { stripe } = harness
  await stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'mixed' })
  const error = await errorOf(
    stripe.checkout.sessions.create(sessionParams({ metadata: { a: '1' } }), { idempotencyKey: 'mixed' }),
  )
  expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error', type: 'StripeIdempotencyError' })
  expect(error.message).toContain('same parameters')
})

test('the same key on another endpoint is an idempotency error', async () => {
  await harness.stripe.customers.create({}, { idempotencyKey: 'elsewhere' })
  const error = await errorOf(harness.stripe.coupons.create({ percent_off: 5 }, { idempotencyKey: 'elsewhere' }))
  expect(error.rawType).toBe('idempotency_error')
  expect(error.message).toContain("('/v1/customers' vs '/v1/coupons')")
})

test('parameters refused by validation leave the key free', async () => {
  const { stripe } = harness
  const bad = sessionParams({ expires_at: 1 })
  expect((await errorOf(stripe.checkout.sessions.create(bad, { idempotencyKey: 'free' }))).statusCode).toBe(400)
  const good = await stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'free' })
  expect(good.lastResponse.headers['idempotent-replayed']).toBeUndefined()
})

test('a refusal that came of executing is kept under the key', async () => {
  const { stripe } = harness
  const tooLittle = sessionParams({
    line_items: [{ price_data: { currency: 'usd', unit_amount: 10, product_data: { name: 'Pin' } }, quantity: 1 }],
  })
  const first = await errorOf(stripe.checkout.sessions.create(tooLittle, { idempotencyKey: 'kept' }))
  const second = await errorOf(stripe.checkout.sessions.create(tooLittle, { idempotencyKey: 'kept' }))
  expect(first.code).toBe('amount_too_small')
  expect(second.code).toBe('amount_too_small')
  expect(second.headers?.['idempotent-replayed']).toBe('true')
})

test('of parallel calls with one key one executes, and the others conflict until it has answered', async () => {
  await harness.control('PUT', '/latency', { ms: 150 })
  const before = await sessionsCount()
  const calls = Array.from({ length: 8 }, () =>
    harness.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'parallel' }),
  )
  const results = await Promise.allSettled(calls)
  await harness.control('PUT', '/latency', { ms: 0 })
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  expect(refusals).toHaveLength(7)
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  }
  expect(await sessionsCount()).toBe(before + 1)
})

test('the SDK gets over a conflict by trying again with the same key', async () => {
  await harness.control('PUT', '/latency', { ms: 100 })
  const retrying = clientFor(harness.emulator, { maxNetworkRetries: 3 })
  const sessions = await Promise.all(
    Array.from({ length: 4 }, () => retrying.checkout.sessions.create(sessionParams(), { idempotencyKey: 'conflict' })),
  )
  await harness.control('PUT', '/latency', { ms: 0 })
  expect(new Set(sessions.map(({ id }) => id)).size).toBe(1)
})

test('a key is forgotten after a day', async () => {
  const { stripe } = harness
  const first = await stripe.customers.create({}, { idempotencyKey: 'old' })
  harness.advance(24 * 60 * 60 + 1)
  const second = await stripe.customers.create({}, { idempotencyKey: 'old' })
  expect(second.id).not.toBe(first.id)
})

test('a key over 255 characters is refused', async () => {
  const error = await errorOf(harness.stripe.customers.create({}, { idempotencyKey: 'x'.repeat(256) }))
  expect(error.statusCode).toBe(400)
})
