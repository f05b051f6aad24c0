import { env } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { createClient } from '../support/client.ts'

const never = () => new Promise(() => {})
const broken = () => Promise.reject(new Error('KV GET failed: 500 at https://internal'))

test('the Worker is alive without asking anybody', async () => {
  const client = createClient({ NEON_FETCH_ENDPOINT: 'http://127.0.0.1:9/sql' })
  const answer = await client.get('/healthz')
  expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json: { status: 'ok' } })
})

test('it is ready when database, KV and queue answer', async () => {
  const answer = await createClient().get('/readyz')
  expect(answer.json).toEqual({ status: 'ok', checks: { database: 'ok', kv: 'ok', queue: 'ok' } })
  expect(answer.status).toBe(200)
})

test.each([
  ['database', { NEON_FETCH_ENDPOINT: 'http://127.0.0.1:9/sql' }],
  ['kv', { RATE_LIMIT_KV: { get: broken } }],
  ['kv', { RATE_LIMIT_KV: { get: never } }],
  ['queue', { EMAIL_QUEUE: { send: broken, metrics: broken } }],
])('it is not ready without %s, which is named and nothing more', async (part, overrides) => {
  const answer = await createClient(overrides).get('/readyz')
  expect(answer.status).toBe(503)
  const checks = { database: 'ok', kv: 'ok', queue: 'ok', [part]: 'failed' }
  expect(answer.json).toEqual({ status: 'failed', checks })
  // The driver is told where the database is once for each isolate.
  await createClient({ NEON_FETCH_ENDPOINT: env.NEON_FETCH_ENDPOINT }).get('/healthz')
})
