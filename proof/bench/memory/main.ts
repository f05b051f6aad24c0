import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readFlags } from '../../../dev/flags.ts'
import pg from 'pg'
import { freePort } from '../../../dev/free-port.ts'
import { startBuiltWorker } from '../../world/built-worker.ts'
import { addProducts } from '../catalogue.ts'
import { closeConnections } from '../load.ts'
import { residentBytes, watchHeap } from './heap.ts'
import { invite } from './crowd.ts'
import { growthOf } from './trend.ts'

// Whether the Worker's memory grows under load: people come, look, fill carts and buy for so many minutes, while the
// Worker's isolate and workerd's resident memory are read every few seconds. Exits 1 when the isolate grows. Resident
// memory also holds Miniflare's stand-in for the edge cache, which on the platform is elsewhere: it is held to the same
// with `--without-cache` only.

const GROWTH_MAX = 0.1
const PEOPLE = 6
const PRODUCTS = 300
const EVERY_MS = 5_000
const REPORT = path.resolve(import.meta.dirname, '../../../.bench/memory.json')

const values = readFlags({
  minutes: { type: 'string', default: '10' },
  'without-cache': { type: 'boolean', default: false },
})
const minutes = Number(values.minutes)
const cache = !values['without-cache']

interface Sample {
  second: number
  liveBytes: number
  residentBytes: number
}

const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`
const percent = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`

const inspectorPort = await freePort()
const shop = await startBuiltWorker({ email: true, webhooks: true, cache, inspectorPort })
const db = new pg.Client({ connectionString: shop.databaseUrl })
try {
  await db.connect()
  const heap = await watchHeap(inspectorPort, 'mercat')
  const crowd = invite(shop, db, await addProducts(db, PRODUCTS), PEOPLE)
  const start = performance.now()
  const samples: Sample[] = []
  while (performance.now() - start < minutes * 60_000) {
    await delay(EVERY_MS)
    const liveBytes = await heap.liveBytes()
    samples.push({ second: Math.round((performance.now() - start) / 1_000), liveBytes, residentBytes: residentBytes() })
  }
  const tally = await crowd.tally()
  await crowd.stop()
  heap.stop()
  const growth = {
    live: growthOf(samples.map((sample) => sample.liveBytes)),
    resident: growthOf(samples.map((sample) => sample.residentBytes)),
  }
  const held = growth.live <= GROWTH_MAX && (cache || growth.resident <= GROWTH_MAX)
  mkdirSync(path.dirname(REPORT), { recursive: true })
  writeFileSync(REPORT, `${JSON.stringify({ minutes, cache, held, ...tally, growth, samples }, null, 2)}\n`)
  const last = samples.at(-1)
  console.log(`${tally.requests} requests and ${tally.orders} orders in ${minutes} minutes, ${PEOPLE} people at once.`)
  console.log(`Live      ${mib(last?.liveBytes ?? 0)} at the end, ${percent(growth.live)} from first third to last.`)
  console.log(`Resident  ${mib(last?.residentBytes ?? 0)} at the end, ${percent(growth.resident)}.`)
  const what = cache ? 'the isolate' : 'isolate and resident memory'
  console.log(
    held ? `Held: ${what}, at most ${percent(GROWTH_MAX)}.` : `NOT held: ${what}, at most ${percent(GROWTH_MAX)}.`,
  )
  if (!held) process.exitCode = 1
} finally {
  await db.end()
  await shop.stop()
  closeConnections()
}
