import { env } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { watchReadiness } from '../../../src/features/operations/watch-readiness.ts'
import { createClient } from '../support/client.ts'
import { createEmailCtx } from '../support/email.ts'
import { countRoundTrips, db } from '../support/shop.ts'

const never = () => new Promise(() => {})
const broken = () => Promise.reject(new Error('KV GET failed: 500 at https://internal'))

const SALE_CHECKS = ['initial_order_status', 'shipping_method', 'prices', 'sender', 'terms_of_sale', 'email_templates']
const allOf = (state: string) => Object.fromEntries(SALE_CHECKS.map((name) => [name, state]))
const READY = { database: 'ok', kv: 'ok', queue: 'ok', ...allOf('ok') }

test('the Worker is alive without asking anybody', async () => {
  const client = createClient({ NEON_FETCH_ENDPOINT: 'http://127.0.0.1:9/sql' })
  const answer = await client.get('/healthz')
  expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json: { status: 'ok' } })
})

test('it is ready when database, KV and queue answer and a sale has what it needs, in one statement', async () => {
  const { result: answer, statements } = await countRoundTrips(() => createClient().get('/readyz'))
  expect(answer.json).toEqual({ status: 'ok', checks: READY, problems: [] })
  expect({ status: answer.status, statements }).toEqual({ status: 200, statements: 1 })
})

test.each([
  ['database', { NEON_FETCH_ENDPOINT: 'http://127.0.0.1:9/sql' }],
  ['kv', { RATE_LIMIT_KV: { get: broken } }],
  ['kv', { RATE_LIMIT_KV: { get: never } }],
  ['queue', { EMAIL_QUEUE: { send: broken, metrics: broken } }],
])('it is not ready without %s, which is named and nothing more', async (part, overrides) => {
  const answer = await createClient(overrides).get('/readyz')
  expect(answer.status).toBe(503)
  const checks = { ...READY, [part]: 'failed', ...(part === 'database' ? allOf('unknown') : {}) }
  expect(answer.json).toEqual({ status: 'failed', checks, problems: [] })
  // The driver is told where the database is once for each isolate.
  await createClient({ NEON_FETCH_ENDPOINT: env.NEON_FETCH_ENDPOINT }).get('/healthz')
})

const [seeded] = await db`SELECT * FROM shop_settings`

describe('what a sale needs', () => {
  const undo: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const back of undo.splice(0)) await back()
  })

  const MISSING: [string, Record<string, unknown>, string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ['initial_order_status', { INITIAL_ORDER_STATUS: 'aceptado' }, 'aceptado', async () => {}, async () => {}],
    ['prices', { CURRENCY: 'sek' }, 'sek', async () => {}, async () => {}],
    [
      'shipping_method',
      {},
      'usd',
      () => db`UPDATE shipping_methods SET active = false, position = position + 1000 WHERE active`,
      () => db`UPDATE shipping_methods SET active = true, position = position - 1000 WHERE position >= 1000`,
    ],
    [
      'sender',
      {},
      'shop_settings',
      () => db`DELETE FROM shop_settings`,
      () =>
        db`INSERT INTO shop_settings SELECT * FROM jsonb_populate_record(NULL::shop_settings, ${JSON.stringify(seeded)}::jsonb)`,
    ],
    [
      'terms_of_sale',
      {},
      'terms of sale',
      () => db`UPDATE terms_versions SET effective_at = effective_at + interval '50 years' WHERE kind = 'sale'`,
      () => db`UPDATE terms_versions SET effective_at = effective_at - interval '50 years' WHERE kind = 'sale'`,
    ],
    [
      'email_templates',
      {},
      'order_confirmation_member',
      () => db`UPDATE email_templates SET status = 'draft' WHERE em_cd = 'order_confirmation_member'`,
      () => db`UPDATE email_templates SET status = 'active' WHERE em_cd = 'order_confirmation_member'`,
    ],
  ]

  test.each(MISSING)('is looked at: without %s the shop is not ready, and the answer says why', async (...given) => {
    const [name, overrides, named, change, back] = given
    undo.push(back)
    await change()
    const { status, json } = await createClient(overrides).get('/readyz')
    expect(status).toBe(503)
    expect(json).toMatchObject({ status: 'failed', checks: { database: 'ok', kv: 'ok', [name]: 'failed' } })
    expect(json.problems).toContainEqual({ check: name, message: expect.stringContaining(named) })
  })

  test('a price to come is none, and neither is one of a product that is not on sale', async () => {
    await db`INSERT INTO skus (code) VALUES ('SEK-ONLY') ON CONFLICT DO NOTHING`
    await db`INSERT INTO products (identifier, slug, title, status) VALUES ('SEK-ONLY-1', 'sek-only', 'Sek', 'active')
      ON CONFLICT DO NOTHING`
    await db`INSERT INTO product_skus (product_id, sku_id)
      SELECT p.id, s.id FROM products p, skus s WHERE p.slug = 'sek-only' AND s.code = 'SEK-ONLY' ON CONFLICT DO NOTHING`
    await db`INSERT INTO sku_prices (sku_id, amount, currency, effective_at)
      SELECT id, 100, 'sek', now() + interval '1 hour' FROM skus WHERE code = 'SEK-ONLY'`
    undo.push(() => db`UPDATE products SET status = 'archived' WHERE slug = 'sek-only'`)
    const checkOf = async () => (await createClient({ CURRENCY: 'sek' }).get('/readyz')).json.checks.prices
    expect(await checkOf()).toBe('failed')
    await db`UPDATE sku_prices SET effective_at = now() WHERE currency = 'sek'`
    expect(await checkOf()).toBe('ok')
    await db`UPDATE products SET status = 'archived' WHERE slug = 'sek-only'`
    expect(await checkOf()).toBe('failed')
  })

  test('stands in the log once, not with each tick, and so does its return', async () => {
    const ctx = createEmailCtx()
    const [error, info] = [vi.spyOn(ctx.log, 'error'), vi.spyOn(ctx.log, 'info')]
    await watchReadiness(ctx)
    const inVain = { ...ctx, env: { ...ctx.env, INITIAL_ORDER_STATUS: 'aceptado' } }
    for (let tick = 0; tick < 3; tick++) await watchReadiness(inVain)
    expect(error.mock.calls).toEqual([
      [
        'not-ready-to-sell',
        { problems: [{ check: 'initial_order_status', message: expect.stringContaining('aceptado') }] },
      ],
    ])
    for (let tick = 0; tick < 3; tick++) await watchReadiness(ctx)
    expect(error).toHaveBeenCalledTimes(1)
    expect(info.mock.calls).toEqual([['ready-to-sell', {}]])
  })
})
