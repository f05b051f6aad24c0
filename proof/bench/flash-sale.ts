import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFlags } from '../../dev/flags.ts'
import pg from 'pg'
import { assertInvariants } from '../world/invariants.ts'
import { startBuiltWorker } from '../world/built-worker.ts'
import { sellInteractively } from './flash-sale/interactive.ts'
import type { InteractiveResult, Order } from './flash-sale/interactive.ts'
import { addSku, payAll, queueUp, sell } from './flash-sale/sale.ts'
import type { SaleResult } from './flash-sale/sale.ts'
import { closeConnections } from './load.ts'
import { machine } from './report.ts'

// One SKU, far more buyers than units, and a database that is a network away: `npm run bench:flash-sale`. Ends with
// code 1 when anything was oversold or lost. The JSON goes to `.bench/flash-sale.json`, or to where `--json` says.

const values = readFlags({
  quick: { type: 'boolean', default: false },
  json: { type: 'string', default: '.bench/flash-sale.json' },
})

const ROUND_TRIP_MS = 20
const SALE = values.quick ? { buyers: 120, stock: 30, atOnce: 16 } : { buyers: 2_000, stock: 500, atOnce: 64 }
const INTERACTIVE_SECONDS = values.quick ? 2 : 15
const TIMES_FASTER = 50

const shop = await startBuiltWorker()
const db = new pg.Client({ connectionString: shop.databaseUrl })

async function holdSale(): Promise<{ result: SaleResult; reserved: number; ordersPerSecond: number; orders: number }> {
  const warmUp = await addSku(db, 'warm-up', 1_000)
  await sell(shop, await queueUp(shop, db, warmUp, SALE.atOnce * 2), SALE)
  const skuId = await addSku(db, 'flash-sale', SALE.stock)
  const buyers = await queueUp(shop, db, skuId, SALE.buyers)
  await shop.setLatency(ROUND_TRIP_MS)
  const result = await sell(shop, buyers, SALE)
  const stockOf = `SELECT reserved, (SELECT coalesce(sum(quantity), 0)::int FROM order_items WHERE sku_id = skus.id) AS sold
    FROM skus WHERE id = $1`
  const before = await db.query<{ reserved: number }>(stockOf, [skuId])
  const ordersPerSecond = await payAll(shop, result.sessions, SALE.atOnce)
  await shop.setLatency(0)
  const after = await db.query<{ sold: number }>(stockOf, [skuId])
  await assertInvariants({
    databaseUrl: shop.databaseUrl,
    stripeUrl: shop.services.stripe.url,
    mailUrl: shop.services.mailbox.url,
    stockAtStart: new Map([[skuId, SALE.stock]]),
  })
  return { result, reserved: before.rows[0]?.reserved ?? -1, ordersPerSecond, orders: after.rows[0]?.sold ?? -1 }
}

async function holdInteractively(order: Order): Promise<InteractiveResult> {
  const skuId = await addSku(db, order.replaceAll(' ', '-'), 10_000)
  const visitors = await queueUp(shop, db, skuId, SALE.buyers)
  return sellInteractively({
    databaseUrl: shop.databaseUrl,
    skuId,
    visitorIds: visitors.map(({ id }) => id),
    atOnce: SALE.atOnce,
    roundTripMs: ROUND_TRIP_MS,
    seconds: INTERACTIVE_SECONDS,
    order,
  })
}

try {
  await db.connect()
  console.log(
    `${SALE.buyers} buyers, ${SALE.atOnce} at once, ${SALE.stock} in stock, ${ROUND_TRIP_MS} ms a round trip …`,
  )
  const { result, reserved, orders, ordersPerSecond } = await holdSale()
  const { sessions: _, ...sale } = result
  console.log(`
Mercat        ${sale.started} checkouts started, ${sale.refused} refused; ${reserved} reserved; then ${orders} paid and ordered
              ${sale.startedPerSecond.toFixed(0)} checkouts started a second (sold out after ${sale.secondsToSellOut.toFixed(1)} s), ${ordersPerSecond.toFixed(0)} orders a second
              a checkout takes ${sale.startedP50.toFixed(0)} ms (p50), ${sale.startedP99.toFixed(0)} ms (p99); a refusal ${sale.refusedP50.toFixed(0)} ms (p50)
              invariants I1 to I7 hold`)
  const interactive: InteractiveResult[] = []
  for (const order of ['stock locked first', 'stock locked last'] as const) {
    const other = await holdInteractively(order)
    interactive.push(other)
    console.log(`
interactive   ${order}: ${other.startedPerSecond.toFixed(1)} a second, ${other.p50.toFixed(0)} ms (p50), ${other.p99.toFixed(0)} ms (p99), ${other.statements.toFixed(0)} round trips each
              Mercat starts ${(sale.startedPerSecond / other.startedPerSecond).toFixed(0)} times as many`)
  }
  const times = sale.startedPerSecond / (interactive[0]?.startedPerSecond ?? Number.NaN)
  const isExact = sale.started === SALE.stock && reserved === SALE.stock && orders === SALE.stock
  console.log(`
${isExact ? '✓' : '✗'} ${orders} sold of ${SALE.stock}, ${Math.max(0, orders - SALE.stock)} oversold
${times >= TIMES_FASTER ? '✓' : '✗'} ${times.toFixed(0)} times the rate of the interactive variant (at least ${TIMES_FASTER})`)
  if (!isExact) process.exitCode = 1
  mkdirSync(path.dirname(path.resolve(values.json)), { recursive: true })
  const report = {
    measuredAt: new Date().toISOString(),
    machine: machine(),
    quick: values.quick,
    roundTripMs: ROUND_TRIP_MS,
  }
  writeFileSync(
    values.json,
    `${JSON.stringify({ ...report, sale: { ...SALE, ...sale, reserved, orders, ordersPerSecond }, interactive }, null, 2)}\n`,
  )
  console.log(`\nWritten to ${values.json}.`)
} finally {
  closeConnections()
  await db.end()
  await shop.stop()
}
