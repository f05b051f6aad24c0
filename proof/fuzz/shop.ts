import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { startBuiltWorker } from '../world/built-worker.ts'
import { waitUntil } from '../../dev/wait-until.ts'
import { unsubscribeUrl } from '../../src/shared/unsubscribe-token.ts'
import { openBooks } from '../world/books.ts'
import { createControls } from '../world/controls.ts'
import type { Controls } from '../world/controls.ts'

export interface FuzzedShop {
  api: string
  controls: Controls
  pool: Pool
  /** What the shop shows to everybody, by placeholder name. */
  shown: ReadonlyMap<string, string[]>
  /** Ids that belong to nobody. */
  publicIds: string[]
  webhookSecret: string
  unsubscribeTokenOf: (memberCode: string) => Promise<string>
  /** Waits until nothing is under way any more, and fails unless I1 to I7 hold. */
  assertSettled(): Promise<void>
  stop(): Promise<void>
}

/** Tables whose ids the catalogue shows. */
const PUBLIC = ['products', 'skus', 'product_images', 'sku_images', 'sku_prices', 'shipping_methods', 'discount_codes']

/**
 * The built Worker as it is now, in workerd without the dev server, with plenty to sell and without rate limits; every
 * line of its log goes to `onLine`.
 */
export async function openFuzzedShop(onLine: (line: string) => void): Promise<FuzzedShop> {
  const signingSecret = randomBytes(32).toString('hex')
  const worker = await startBuiltWorker({
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
    database: databaseUrl,
  }
  const books = await openBooks(urls)
  const { pool } = books
  const column = async (sql: string): Promise<string[]> => (await books.rows<{ id: string }>(sql)).map(({ id }) => id)
  const plenty = [
    await books.createGoods({ onHand: 1_000_000, amount: 1_500 }),
    await books.createGoods({ onHand: 1_000_000, amount: 1_500 }),
  ]
  const controls = createControls(urls)
  return {
    api,
    controls,
    pool,
    shown: new Map([
      ['plenty', plenty.map(({ skuId }) => skuId)],
      ['plentyProduct', plenty.map(({ productId }) => productId)],
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
      await books.assertInvariants()
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
