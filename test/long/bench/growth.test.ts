import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBuiltWorker } from '../../../proof/world/built-worker.ts'
import type { BuiltShop } from '../../../proof/world/built-worker.ts'
import { growShop } from '../../../proof/bench/growth/grow.ts'
import { checkPlans, pickCatalogue } from '../../../proof/bench/growth/growth.ts'
import { hotOperations } from '../../../proof/bench/growth/steps.ts'
import { setScene } from '../../../proof/bench/operations.ts'
import type { Scene } from '../../../proof/bench/operations.ts'

/** Large enough that reading a table whole does not pay, small enough to be made in seconds. */
const SIZE = { products: 2_000, orders: 20_000, members: 4_000 }
/** Rows that one step of a statement may look at; every growing table has ten times as many. */
const ROWS_MAX = 300

let shop: BuiltShop
let db: pg.Client
let scene: Scene

beforeAll(async () => {
  shop = await startBuiltWorker({ email: true })
  db = new pg.Client({ connectionString: shop.databaseUrl })
  await db.connect()
  await growShop(shop.databaseUrl, SIZE, { checked: true })
  scene = await setScene(shop, db, await pickCatalogue(db, 200))
}, 120_000)

afterAll(async () => {
  await db.end()
  await shop.stop()
})

test(
  'no statement of a hot operation, an export or a deletion reads a table that grows',
  { timeout: 120_000 },
  async () => {
    const { statements, found } = await checkPlans(scene, await hotOperations(scene), ROWS_MAX)
    expect(found).toEqual({})
    expect(statements).toBeGreaterThan(50)
  },
)

test('an index that is missing shows', { timeout: 120_000 }, async () => {
  await db.query('DROP INDEX orders_by_member')
  await db.query('DROP INDEX skus_by_color')
  const { found } = await checkPlans(scene, await hotOperations(scene), ROWS_MAX)
  expect(Object.keys(found)).toEqual(expect.arrayContaining(['hot', 'list by colour']))
  expect(found['hot']).toEqual([expect.stringMatching(/ on orders, /)])
})
