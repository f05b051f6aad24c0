import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { quantile } from '../statistics.ts'

// The same checkout as an ordinary backend writes it: a transaction that stays open while the program thinks, with what
// Mercat reads and writes for a checkout, statement by statement. There is no HTTP, no Worker, no Stripe and no session
// to store about it, so that all that it pays for is its round trips and its locks.

export type Order = 'stock locked first' | 'stock locked last'

export interface InteractiveResult {
  order: Order
  statements: number
  startedPerSecond: number
  p50: number
  p99: number
}

interface Given {
  databaseUrl: string
  skuId: string
  /** Visitors with a cart each, who check out one after the other. */
  visitorIds: string[]
  atOnce: number
  roundTripMs: number
  seconds: number
  order: Order
}

type Run = (sql: string, params?: unknown[]) => Promise<Record<string, unknown>[]>

const OPEN_CHECKOUTS = `SELECT c.* FROM checkouts c JOIN carts k ON k.id = c.cart_id
  WHERE k.visitor_id = $1 AND (c.status = 'open' OR (c.status IN ('processing', 'complete') AND c.cart_cleared_at IS NULL))`
const TERMS = `SELECT version FROM terms_versions WHERE kind = 'sale' AND effective_at <= now() ORDER BY effective_at DESC LIMIT 1`
// The line's foreign key has locked the row already, so a plain FOR UPDATE here could deadlock.
const LOCK_STOCK: Record<Order, string> = {
  'stock locked first': 'SELECT on_hand, reserved FROM skus WHERE id = $1 FOR UPDATE',
  'stock locked last': 'SELECT on_hand, reserved FROM skus WHERE id = $1 FOR NO KEY UPDATE',
}
const INSERT_CHECKOUT = `
  INSERT INTO checkouts (id, cart_id, cart_version, visitor_id, locale, fingerprint, currency, item_subtotal_amount,
    item_discount_amount, shipping_amount, shipping_discount_amount, total_amount, terms_of_sale_version,
    agreed_with_terms_at, expires_at, next_sweep_at)
  VALUES ($1, $2, $3, $4, 'en', 'interactive', 'usd', 2500, 0, 500, 0, 3000, $5, now(), now() + interval '1 hour',
    now() + interval '1 hour')`
const INSERT_ITEM = `
  INSERT INTO checkout_items (checkout_id, sku_id, sku_code, title, description, position, quantity, unit_amount, discount_amount,
    line_total_amount) VALUES ($1, $2, 'SALE', 'Sale', '', 0, 1, 2500, 0, 2500)`

async function lockStock(run: Run, { skuId, order }: Given): Promise<void> {
  const [sku] = await run(LOCK_STOCK[order], [skuId])
  if (Number(sku?.['on_hand']) - Number(sku?.['reserved']) < 1) throw new Error('sold out')
}

/** Reads what the checkout depends on, decides, and writes it. */
async function checkOut(run: Run, visitorId: string, given: Given): Promise<void> {
  const { skuId, order } = given
  const checkoutId = randomUUID()
  await run('BEGIN')
  if (order === 'stock locked first') await lockStock(run, given)
  const [cart] = await run(`SELECT id, version, cart_of(id, 'usd', now()) FROM carts WHERE visitor_id = $1`, [
    visitorId,
  ])
  const open = await run(OPEN_CHECKOUTS, [visitorId])
  const [terms] = await run(TERMS)
  const buyers = await run('SELECT * FROM members WHERE id = $1', [null])
  if (open.length + buyers.length > 0) throw new Error('this is not the first checkout of a visitor')
  await run('SELECT id FROM carts WHERE id = $1 FOR NO KEY UPDATE', [cart?.['id']])
  const unchanged = await run('SELECT 1 FROM carts WHERE id = $1 AND version = $2', [cart?.['id'], cart?.['version']])
  if (unchanged.length === 0) throw new Error('the cart was changed')
  await run(INSERT_CHECKOUT, [checkoutId, cart?.['id'], cart?.['version'], visitorId, terms?.['version']])
  await run(INSERT_ITEM, [checkoutId, skuId])
  if (order === 'stock locked last') await lockStock(run, given)
  await run('UPDATE skus SET reserved = reserved + 1 WHERE id = $1', [skuId])
  await run('COMMIT')
}

/** Runs checkouts for a while, each statement a round trip of its own. Throws when one fails. */
export async function sellInteractively(given: Given): Promise<InteractiveResult> {
  const { databaseUrl, visitorIds, atOnce, roundTripMs, seconds, order } = given
  const pool = new pg.Pool({ connectionString: databaseUrl, max: atOnce })
  const start = performance.now()
  const until = start + seconds * 1_000
  const times: number[] = []
  let [next, statements, lastAt] = [0, 0, start]
  const buyer = async () => {
    const client = await pool.connect()
    const run: Run = async (sql, params = []) => {
      statements++
      await delay(roundTripMs / 2)
      const { rows } = await client.query<Record<string, unknown>>(sql, params)
      await delay(roundTripMs / 2)
      return rows
    }
    try {
      for (let id = visitorIds[next++]; id !== undefined && performance.now() < until; id = visitorIds[next++]) {
        const before = performance.now()
        await checkOut(run, id, given)
        lastAt = performance.now()
        times.push(lastAt - before)
      }
    } finally {
      client.release()
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, buyer))
  } finally {
    await pool.end()
  }
  return {
    order,
    statements: statements / times.length,
    startedPerSecond: times.length / ((lastAt - start) / 1_000),
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}
