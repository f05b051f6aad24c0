import { randomBytes } from 'node:crypto'
import { Pool } from 'pg'
import { startBenchWorker } from '../bench/bench-worker.ts'
import { waitUntil } from '../../dev/wait-until.ts'
import { unsubscribeUrl } from '../../src/shared/unsubscribe-token.ts'
import { createControls } from '../../test/long/e2e/support/controls.ts'
import type { Controls } from '../../test/long/e2e/support/controls.ts'
import { assertInvariants } from '../../test/support/invariants.ts'

export interface FuzzedShop {
  api: string
  controls: Controls
  pool: Pool
  /** What the shop shows to everybody, by the name that placeholders use. */
  shown: ReadonlyMap<string, string[]>
  /** Ids that belong to nobody. */
  publicIds: string[]
  webhookSecret: string
  unsubscribeTokenOf: (memberCode: string) => Promise<string>
  /** Waits until nothing is under way any more, and fails unless I1 to I6 hold. */
  assertSettled(): Promise<void>
  stop(): Promise<void>
}

const CREATE_PLENTY = `
  WITH product AS (
    INSERT INTO products (identifier, slug, title) VALUES ($1, lower($1), 'Plenty ' || $1) RETURNING id
  ), sku AS (
    INSERT INTO skus (code, on_hand) VALUES ('SKU-' || $1, 1000000) RETURNING id
  ), pair AS (
    INSERT INTO product_skus (product_id, sku_id) SELECT product.id, sku.id FROM product, sku
  )
  INSERT INTO sku_prices (sku_id, amount, currency, effective_at) SELECT id, 1500, 'usd', '2020-01-01' FROM sku
  RETURNING sku_id AS id`

/** Tables whose ids the catalogue shows. */
const PUBLIC = ['products', 'skus', 'product_images', 'sku_images', 'sku_prices', 'shipping_methods', 'discount_codes']

/**
 * The built Worker as it is now, in workerd without the dev server, with plenty to sell and without rate limits; every
 * line of its log goes to `onLine`.
 */
export async function openFuzzedShop(onLine: (line: string) => void): Promise<FuzzedShop> {
  const signingSecret = randomBytes(32).toString('hex')
  const worker = await startBenchWorker({
    vars: { SIGNING_SECRET: signingSecret },
    email: true,
    webhooks: true,
    onLine,
  })
  const { api, services, databaseUrl, webhookSecret } = worker
  const urls = {
    api,
    neon: services.neon.url,
    mail: services.mailbox.url,
    stripe: services.stripe.url,
    smtp: '',
    database: databaseUrl,
  }
  const pool = new Pool({ connectionString: databaseUrl, max: 4 })
  const column = async (sql: string, values: unknown[] = []): Promise<string[]> =>
    (await pool.query<{ id: string }>(sql, values)).rows.map(({ id }) => id)
  const plenty = (await Promise.all(['F000000001', 'F000000002'].map((name) => column(CREATE_PLENTY, [name])))).flat()
  const stock = await pool.query<{ id: string; on_hand: number }>(
    'SELECT id, on_hand FROM skus WHERE on_hand IS NOT NULL',
  )
  const stockAtStart = new Map(stock.rows.map(({ id, on_hand }) => [id, on_hand]))
  const controls = createControls(urls)
  return {
    api,
    controls,
    pool,
    shown: new Map([
      ['plenty', plenty],
      ['plentyProduct', await column('SELECT product_id AS id FROM product_skus WHERE sku_id = ANY ($1)', [plenty])],
      ['sku', await column('SELECT id FROM skus ORDER BY id')],
      ['slug', await column('SELECT slug AS id FROM products ORDER BY slug')],
      ['shippingMethod', await column('SELECT id FROM shipping_methods WHERE active ORDER BY id')],
      [
        'termsVersion',
        await column(`SELECT version AS id FROM terms_versions WHERE kind = 'use' ORDER BY effective_at DESC LIMIT 1`),
      ],
    ]),
    publicIds: (await Promise.all(PUBLIC.map((table) => column(`SELECT id FROM ${table}`)))).flat(),
    webhookSecret,
    async unsubscribeTokenOf(memberCode) {
      const url = await unsubscribeUrl({ PUBLIC_API_URL: api, SIGNING_SECRET: signingSecret }, memberCode)
      return new URL(url).searchParams.get('token') ?? ''
    },
    async assertSettled() {
      await settle(controls, pool, () => worker.tick())
      await assertInvariants({
        databaseUrl,
        stripeUrl: urls.stripe,
        mailUrl: urls.mail,
        stockAtStart,
      })
    },
    async stop() {
      await pool.end()
      await worker.stop()
    },
  }
}

async function settle(controls: Controls, pool: Pool, tick: () => Promise<void>): Promise<void> {
  await waitUntil(
    'all events to be delivered',
    async () => (await controls.events()).every(({ delivered }) => delivered),
    { timeoutMs: 120_000, everyMs: 250 },
  )
  await tick()
  await waitUntil(
    'all emails to be sent',
    async () => {
      const { rows } = await pool.query<{ left: string }>(
        `SELECT count(*) AS left FROM email_outbox WHERE status NOT IN ('sent', 'failed')`,
      )
      return rows[0]?.left === '0'
    },
    { timeoutMs: 120_000, everyMs: 500 },
  )
}
