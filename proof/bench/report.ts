import { cpus } from 'node:os'
import type { Summary } from './statistics.ts'

/** The figures of an operation or a floor, at one concurrency. */
export interface Row extends Summary {
  name: string
  concurrency: number
  /** Name of the floor that it is held against; floors have none. */
  floor: string | undefined
  /** p50 divided by the floor's, without what `STAND_IN_OF` names. */
  ratio: number | undefined
}

export interface Target {
  text: string
  /** The measured value, and the most (`limit`) or the least (`least`) that it may be. */
  value: number
  limit: number
  kind: 'at most' | 'at least'
}

export interface Report {
  measuredAt: string
  machine: string
  quick: boolean
  rows: Row[]
  targets: Target[]
}

/** The floor of each operation. */
const FLOOR_OF: Record<string, string> = {
  'product list, hit': 'bare route',
  'product page, hit': 'bare route, page',
  'product list, miss': 'one statement, in between',
  'product page, miss': 'one statement, in between',
  'read a three-line cart': 'one statement',
  'add an item': 'one written row',
  'start checkout': 'one written row',
  'webhook to committed order': 'raw batch of an order',
  'sign in': 'password hash',
}

/** Operations that wait for a stand-in of a third party, and the floor that asks only the stand-in. */
const STAND_IN_OF: Record<string, string> = {
  'product list, miss': 'cache look-up',
  'product page, miss': 'cache look-up',
  'webhook to committed order': 'Stripe call',
}

/** p50 in milliseconds at concurrency 1, measured on a two-core machine of this kind: PostgreSQL 15, fsync on. */
export const PEERS: { name: string; p50: Record<string, number> }[] = [
  {
    name: 'Vendure 3.7.3',
    p50: {
      'product list, miss': 44,
      'read a three-line cart': 4.1,
      'add an item': 16,
      'webhook to committed order': 52,
    },
  },
  {
    name: 'Medusa 2.21.2',
    p50: {
      'product list, miss': 47,
      'read a three-line cart': 20,
      'add an item': 132,
      'webhook to committed order': 204,
    },
  },
]

/** The floors that an operation's ratio needs. */
export const heldAgainst = (operation: string): string[] =>
  [FLOOR_OF[operation], STAND_IN_OF[operation], 'bare route'].filter((name) => name !== undefined)

export const machine = (): string => `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`

const p50Of = (summaries: Map<string, Summary>, name: string): number => summaries.get(name)?.p50 ?? Number.NaN

/** The time that a stand-in takes within a request: the route that only asks it, minus an empty route. */
function standInPart(summaries: Map<string, Summary>, name: string): number {
  const standIn = STAND_IN_OF[name]
  return standIn === undefined ? 0 : p50Of(summaries, standIn) - p50Of(summaries, 'bare route')
}

/** The part of an operation that is Mercat's and the database's. */
const ownPart = (summaries: Map<string, Summary>, name: string): number =>
  p50Of(summaries, name) - standInPart(summaries, name)

export function toRows(concurrency: number, summaries: Map<string, Summary>): Row[] {
  return [...summaries].map(([name, summary]) => {
    const floor = FLOOR_OF[name]
    const ratio = floor === undefined ? undefined : ownPart(summaries, name) / p50Of(summaries, floor)
    return { name, concurrency, ...summary, floor, ratio }
  })
}

/** The targets, as far as they were measured: at one request at a time unless the text says otherwise. */
export function toTargets(rows: Row[]): Target[] {
  const rowOf = (name: string, at: number) => rows.find((row) => row.name === name && row.concurrency === at)
  const toFloor = (name: string, limit: number, concurrency = 1): Target => {
    const row = rowOf(name, concurrency)
    const text = `${name} / ${row?.floor ?? '?'}${concurrency === 1 ? '' : `, ${concurrency} at once`}`
    return { text, value: row?.ratio ?? Number.NaN, limit, kind: 'at most' }
  }
  const toPeer = (name: string, limit: number): Target => {
    const best = Math.min(...PEERS.map(({ p50 }) => p50[name] ?? Infinity))
    const value = best / (rowOf(name, 1)?.p50 ?? Number.NaN)
    return { text: `${name}: times faster than the better peer`, value, limit, kind: 'at least' }
  }
  const all = [
    toFloor('read a three-line cart', 1.5),
    toFloor('add an item', 1.5),
    toFloor('webhook to committed order', 2),
    toFloor('product list, hit', 1.5),
    toFloor('product list, miss', 3.5),
    toPeer('read a three-line cart', 3),
    toPeer('add an item', 3),
    toPeer('product list, miss', 3),
    toPeer('webhook to committed order', 10),
    toFloor('read a three-line cart', 2, 16),
    toFloor('add an item', 2, 16),
    toFloor('webhook to committed order', 2, 16),
  ]
  return all.filter(({ value }) => !Number.isNaN(value))
}

export const isReached = ({ value, limit, kind }: Target): boolean =>
  kind === 'at most' ? value <= limit : value >= limit

export function print({ rows, targets, machine: where, quick }: Report): void {
  for (const concurrency of new Set(rows.map((row) => row.concurrency))) {
    console.log(
      `\nConcurrency ${concurrency}, milliseconds${quick ? ' (quick: a smoke run, no figures to quote)' : ''}\n`,
    )
    console.log(`${''.padEnd(28)}     p50      p99   req/s   ratio to its floor`)
    for (const row of rows.filter((each) => each.concurrency === concurrency)) {
      const figures = [row.p50.toFixed(2).padStart(8), row.p99.toFixed(2).padStart(8)]
      const ratio = row.ratio === undefined ? '' : `${row.ratio.toFixed(2).padStart(7)}   ${row.floor ?? ''}`
      console.log(`${row.name.padEnd(28)}${figures.join(' ')} ${row.requestsPerSecond.toFixed(0).padStart(7)} ${ratio}`)
    }
  }
  console.log(`\nTargets\n`)
  for (const target of targets) {
    const { text, value, limit, kind } = target
    console.log(`${isReached(target) ? '✓' : '✗'} ${text.padEnd(66)} ${value.toFixed(2)} (${kind} ${limit})`)
  }
  console.log(`\n${where}; PostgreSQL with fsync on, everything on one machine.`)
}
