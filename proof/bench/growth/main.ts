import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFlags } from '../../../dev/flags.ts'
import pg from 'pg'
import { startBuiltWorker } from '../../world/built-worker.ts'
import type { BuiltShop } from '../../world/built-worker.ts'
import { addProducts } from '../catalogue.ts'
import { closeConnections } from '../load.ts'
import { setScene } from '../operations.ts'
import type { Scene } from '../operations.ts'
import { GROWN, growShop } from './grow.ts'
import { checkPlans, pickCatalogue } from './growth.ts'
import type { PlanReport } from './growth.ts'
import { compareShops } from './ratio.ts'
import type { Compared } from './ratio.ts'
import { hotOperations } from './steps.ts'

// Whether Mercat gets slower as a shop grows. Compares a small shop with one of 100,000 products, 1,000,000 orders and
// 200,000 members, and reads the plan of every statement that the grown shop runs. Takes some ten minutes and 10 GB.

const RATIO_MAX = 1.3
/** Rows of a growing table that one step of a hot statement may look at. */
const ROWS_MAX = 1_000
/** Products to look at and to buy. Each page is used once, since it is in the cache afterwards. */
const PRODUCTS = 2_000
const REPORT = path.resolve(import.meta.dirname, '../../../.bench/growth.json')

const values = readFlags({
  products: { type: 'string', default: String(GROWN.products) },
  orders: { type: 'string', default: String(GROWN.orders) },
  members: { type: 'string', default: String(GROWN.members) },
  rounds: { type: 'string', default: '12' },
  requests: { type: 'string', default: '25' },
})
const size = { products: Number(values.products), orders: Number(values.orders), members: Number(values.members) }

const log = (line: string) => console.log(`  ${line}`)

async function open(prepare: (db: pg.Client, shop: BuiltShop) => ReturnType<typeof pickCatalogue>) {
  const shop = await startBuiltWorker({ email: true })
  const db = new pg.Client({ connectionString: shop.databaseUrl })
  const stop = async () => {
    await db.end()
    await shop.stop()
  }
  try {
    await db.connect()
    return { scene: await setScene(shop, db, await prepare(db, shop)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const ms = (value: number) => value.toFixed(2).padStart(8)

const section = (title: string, found: Record<string, string[]>) =>
  Object.entries(found).flatMap(([name, steps]) => [`${title}: ${name}`, ...steps.map((step) => `  ${step}`)])

const showPlans = ({ statements, found, known }: PlanReport): string[] => [
  `${statements} hot statements; a step of theirs may look at ${ROWS_MAX} rows, and read no growing table whole.`,
  ...section('READS MUCH', found),
  ...section('Reads much, as is known', known),
]

const showTimes = (compared: Compared[]): string[] => [
  `${'p50 in ms'.padEnd(28)}${'small'.padStart(8)}${'grown'.padStart(8)}${'ratio'.padStart(8)}`,
  ...compared.map(
    ({ name, small, grown, ratio }) =>
      `${name.padEnd(28)}${ms(small.p50)}${ms(grown.p50)}${ms(ratio)}${ratio > RATIO_MAX ? '  SLOWER' : ''}`,
  ),
]

async function compare(small: Scene, grown: Scene): Promise<boolean> {
  // Both use one set of operations, so that no page is asked for twice: it would come from the cache.
  const operations = await hotOperations(grown)
  const plans = await checkPlans(grown, operations, ROWS_MAX)
  console.log(showPlans(plans).join('\n'))
  const compared = await compareShops(await hotOperations(small), operations, {
    rounds: Number(values.rounds),
    requests: Number(values.requests),
  })
  const held = Object.keys(plans.found).length === 0 && compared.every(({ ratio }) => ratio <= RATIO_MAX)
  mkdirSync(path.dirname(REPORT), { recursive: true })
  writeFileSync(REPORT, `${JSON.stringify({ size, held, compared, plans }, null, 2)}\n`)
  console.log(showTimes(compared).join('\n'))
  console.log(held ? `Held: no hot operation above ${RATIO_MAX}, no plan that grows.` : 'NOT held.')
  console.log(`Written to ${path.relative(process.cwd(), REPORT)}.`)
  return held
}

console.log(`Growing a shop to ${size.products} products, ${size.orders} orders, ${size.members} members.`)
const grown = await open(async (db, { databaseUrl }) => {
  await growShop(databaseUrl, size, { log })
  return pickCatalogue(db, PRODUCTS)
})
try {
  const small = await open((db) => addProducts(db, PRODUCTS))
  try {
    if (!(await compare(small.scene, grown.scene))) process.exitCode = 1
  } finally {
    await small.stop()
  }
} finally {
  await grown.stop()
  closeConnections()
}
