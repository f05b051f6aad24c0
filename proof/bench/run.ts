import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFlags } from '../../dev/flags.ts'
import { stopAll } from '../../dev/stop-all.ts'
import pg from 'pg'
import { startBuiltWorker } from '../world/built-worker.ts'
import { addProducts } from './catalogue.ts'
import { type Floors, startFloors } from './floors/start.ts'
import {
  bareRoute,
  cacheLookUp,
  oneStatement,
  oneStatementInBetween,
  oneWrittenRow,
  passwordHash,
  rawBatch,
  stripeCall,
} from './floors.ts'
import type { FloorScene } from './floors.ts'
import { closeConnections } from './load.ts'
import { measure } from './measure.ts'
import type { Plan, Subject } from './measure.ts'
import { cartOperations, catalogueOperations, purchaseOperations, setScene, signInOperation } from './operations.ts'
import { drawPicture } from './picture.ts'
import { heldAgainst, machine, print, toRows, toTargets } from './report.ts'
import type { Report, Row } from './report.ts'

// How fast the operations of the shop are, beside the floors that the machine sets: `npm run bench`. The JSON goes to
// `.bench/bench.json`, or to the file that `--json` names. `--publish` also writes docs/bench.json and the picture
// docs/bench.svg. `--only cart` takes the
// operations with `cart` in their name, and what they are held against. `--quick` only shows that everything still runs.

const values = readFlags({
  quick: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string' },
  json: { type: 'string', default: '.bench/bench.json' },
})

if (values.publish && values.only !== undefined) {
  console.error('--publish is for all operations: leave --only out.')
  process.exit(2)
}

const PRODUCTS = 2_000
const QUICK_PRODUCTS = 200

/** Requests in a turn; those that go on working after their answer, and those that hash a password, are fewer. */
function planOf(concurrency: number): Plan {
  const few = values.quick ? 8 : 48
  const other = values.quick ? 24 : 150
  return {
    concurrency,
    rounds: Number(values.rounds ?? (values.quick ? 1 : 12)),
    requests: {
      other,
      'one statement, in between': few,
      'product list, miss': few,
      'product page, miss': few,
      'start checkout': few,
      'webhook to committed order': few,
      'raw batch of an order': few,
      'sign in': values.quick ? 2 : 8,
      'password hash': values.quick ? 2 : 8,
    },
  }
}

async function subjectsOf(scene: FloorScene): Promise<Subject[]> {
  const [slug = ''] = scene.catalogue.slugs
  return [
    await bareRoute(scene, 'bare route', '/v1/products'),
    await bareRoute(scene, 'bare route, page', `/v1/products/${slug}`),
    await oneStatement(scene),
    await oneStatementInBetween(scene),
    await oneWrittenRow(scene),
    rawBatch(scene),
    await stripeCall(scene),
    cacheLookUp(scene),
    passwordHash(scene),
    ...catalogueOperations(scene),
    ...cartOperations(scene),
    ...purchaseOperations(scene),
    await signInOperation(scene),
  ]
}

/** The operations that `--only` names, with what they are held against; all without it. */
function chosen(subjects: Subject[], part: string | undefined): Subject[] {
  if (part === undefined) return subjects
  const names = subjects.map(({ name }) => name).filter((name) => name.includes(part))
  if (names.length === 0) throw new Error(`no operation has "${part}" in its name`)
  const wanted = new Set([...names, ...names.flatMap(heldAgainst)])
  return subjects.filter(({ name }) => wanted.has(name))
}

async function run(): Promise<Report> {
  const started = Promise.withResolvers<Floors>()
  const shop = await startBuiltWorker({
    async beside(given) {
      const { floors, ...beside } = await startFloors(given)
      started.resolve(floors)
      return beside
    },
  })
  const db = new pg.Client({ connectionString: shop.databaseUrl })
  try {
    await db.connect()
    const catalogue = await addProducts(db, values.quick ? QUICK_PRODUCTS : PRODUCTS)
    const scene = { ...(await setScene(shop, db, catalogue)), floors: await started.promise }
    const subjects = chosen(await subjectsOf(scene), values.only)
    const rows: Row[] = []
    for (const concurrency of [1, 16]) {
      console.log(`Measuring at concurrency ${concurrency} …`)
      rows.push(...toRows(concurrency, await measure(subjects, planOf(concurrency))))
    }
    const measuredAt = new Date().toISOString()
    return { measuredAt, machine: machine(), quick: values.quick, rows, targets: toTargets(rows) }
  } finally {
    closeConnections()
    await stopAll([shop, { stop: () => db.end() }])
  }
}

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true })
  writeFileSync(file, content)
  console.log(`Written to ${file}.`)
}

const report = await run()
print(report)
console.log()
write(values.json, `${JSON.stringify(report, null, 2)}\n`)
if (values.publish) {
  const docs = path.join(import.meta.dirname, '../..', 'docs')
  write(path.join(docs, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`)
  write(path.join(docs, 'bench.svg'), drawPicture(report))
}
