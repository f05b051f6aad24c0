import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'

/** The size of a grown shop; everything else is in proportion. */
export interface Size {
  products: number
  orders: number
  members: number
}

export const GROWN: Size = { products: 100_000, orders: 1_000_000, members: 200_000 }

/** Tables that get longer as a shop goes on. The others hold what an operator keeps by hand. */
export const GROWING = [
  ['products', 'product_images', 'product_skus', 'skus', 'sku_images', 'sku_prices'],
  ['members', 'sessions', 'one_time_tokens', 'member_default_addresses', 'terms_agreements', 'prospects'],
  ['carts', 'cart_items', 'idempotency_keys', 'checkouts', 'checkout_items', 'checkout_discounts'],
  ['orders', 'order_items', 'order_payments', 'order_refunds', 'order_shipping_addresses', 'order_billing_addresses'],
  ['order_statuses', 'order_shipping_methods', 'order_discounts', 'email_outbox', 'emails_sent', 'webhook_events'],
  ['events', 'operator_alerts'],
].flat()

/** Files of statements. The lists run in parallel, the files of a list one after another. */
const LISTS = [['2-catalogue.sql', '3-people.sql', '5-emails.sql'], ['4-orders.sql']]

interface GrowOptions {
  /** Whether foreign keys are checked while loading. Without the checks, loading is a few times faster. */
  checked?: boolean
  log?: (line: string) => void
}

/**
 * Fills a migrated and seeded database in SQL. The same size gives the same shop each time, moved to the present. While it
 * loads the database is not durable; before it returns everything is on disk and fsync is on again.
 */
export async function growShop(connectionString: string, size: Size, options: GrowOptions = {}): Promise<void> {
  const { checked = false, log = () => undefined } = options
  const connect = async () => {
    const client = new pg.Client({ connectionString })
    await client.connect()
    if (!checked) await client.query(`SET session_replication_role = 'replica'`)
    return client
  }
  const [main, ...others] = await Promise.all(Array.from({ length: LISTS.length }, connect))
  if (main === undefined) throw new Error('there is nothing to load')
  const now = new Date()
  // One transaction a file: an order has to add up with its lines at the commit.
  const run = async (client: pg.Client, file: string) => {
    await client.query('BEGIN')
    for (const statement of statementsOf(file, size, now)) {
      const start = performance.now()
      const { rowCount } = await client.query(statement)
      const seconds = (performance.now() - start) / 1_000
      if (seconds > 5) log(`${statement.split(' (', 1)[0] ?? ''}: ${rowCount} rows, ${seconds.toFixed(0)} s`)
    }
    await client.query('COMMIT')
  }
  try {
    await set(main, { fsync: 'off', autovacuum: 'off', max_wal_size: `'2GB'` })
    await run(main, '1-functions.sql')
    const lists = checked ? [LISTS.flat().toSorted()] : LISTS
    await Promise.all(
      lists.map(async (files, at) => {
        for (const file of files) await run([main, ...others][at] ?? main, file)
      }),
    )
    await main.query('DROP SCHEMA growth CASCADE')
    await main.query('VACUUM ANALYZE')
    await main.query('CHECKPOINT')
    execFileSync('sync')
    await set(main, { fsync: undefined, autovacuum: undefined, max_wal_size: undefined })
  } finally {
    await Promise.all([main, ...others].map((client) => client.end()))
  }
}

/** The statements of a file, with sizes and the present moment for their names. */
function statementsOf(file: string, { products, orders, members }: Size, now: Date): string[] {
  const text = readFileSync(path.join(import.meta.dirname, 'sql', file), 'utf8')
  const values: Record<string, number | string> = {
    products,
    orders,
    members,
    now: now.toISOString(),
    now_ms: now.getTime(),
  }
  return text
    .replaceAll(/^--.*$/gm, '')
    .replaceAll(/(?<!:):(\w+)\b/g, (_, name: string) => String(values[name]))
    .split(/;$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** Changes settings of the server; undefined restores the value that it was started with. */
async function set(client: pg.Client, settings: Record<string, string | undefined>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await client.query(value === undefined ? `ALTER SYSTEM RESET ${name}` : `ALTER SYSTEM SET ${name} = ${value}`)
  }
  await client.query('SELECT pg_reload_conf()')
}
