import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { readFlags } from '../../dev/flags.ts'
import { startPostgres } from '../../dev/postgres/server.ts'
import type { Job, Report } from './job.ts'
import { FAULTS, type Plan, SERVICES } from './plan.ts'
import { runJob } from './processes.ts'
import { addResults, noResults, RESULTS, type Results, simulate } from './run.ts'
import { planOf } from './search.ts'
import { setStage } from './stage.ts'

const USAGE = `npm run simulate -- [options]

  --runs N      how many plans to play (200)
  --seed N      seed of the first; the others follow (a random one)
  --jobs N      processes (as many as there are processors)
  --plan FILE   plays the plan in FILE and tells its story
  --story       tells the story of the plan of --seed`

const values = readFlags({
  runs: { type: 'string', default: '200' },
  seed: { type: 'string' },
  jobs: { type: 'string', default: String(availableParallelism()) },
  plan: { type: 'string' },
  story: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
})

const SHRINK_MS = 120_000
/** So many plans must produce every result. */
const WHOLE_RUN = 200
/** So many must also be struck by every fault at every service; those of the Queue are rare. */
const LONG_RUN = 1_000
const KEPT_IN = path.resolve(import.meta.dirname, '../../.simulation')

function whole(name: 'runs' | 'seed' | 'jobs', fallback = 0): number {
  const value = values[name]
  if (value === undefined) return fallback
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} must be a whole number, not ${value}`)
  return Number(value)
}

type Tally = { runs: number; customers: number; results: Results; calls: number; faultCounts: Map<string, number> }
type Failure = Extract<Report, { kind: 'failure' }>

/** Plays `runs` plans in several processes; each ends at its first plan that breaks a rule. */
async function playMany(serverUrl: string, from: number): Promise<{ tally: Tally; failures: Failure[] }> {
  const runs = whole('runs')
  const jobs = Math.max(1, Math.min(whole('jobs'), runs))
  const tally: Tally = { runs: 0, customers: 0, results: noResults(), calls: 0, faultCounts: new Map() }
  const failures: Failure[] = []
  const started = performance.now()
  await Promise.all(
    Array.from({ length: jobs }, (_, at) => {
      const share = Math.floor(runs / jobs) + (at < runs % jobs ? 1 : 0)
      const job: Job = { serverUrl, from: from + at, step: jobs, runs: share, shrinkMs: SHRINK_MS }
      return runJob(job, (report) => {
        if (report.kind === 'failure') {
          failures.push(report)
          return
        }
        count(tally, report)
        if (tally.runs % 50 === 0) {
          const seconds = (performance.now() - started) / 1_000
          console.log(
            `${String(tally.runs).padStart(6)} of ${runs} played, ${tally.results.orders} orders, ${(tally.runs / seconds).toFixed(1)} a second`,
          )
        }
      })
    }),
  )
  return { tally, failures }
}

function count(tally: Tally, run: Extract<Report, { kind: 'run' }>): void {
  tally.runs += 1
  tally.customers += run.customers
  addResults(tally.results, run.results)
  tally.calls += run.calls
  for (const [kind, times] of run.faultCounts) tally.faultCounts.set(kind, (tally.faultCounts.get(kind) ?? 0) + times)
}

/** What should have come of so many plans, and did not. A few plans need not have the rarer kinds. */
function missingIn({ runs, results, faultCounts }: Tally): string[] {
  if (runs < WHOLE_RUN) return results.orders === 0 ? ['orders'] : []
  const faults = SERVICES.flatMap((service) =>
    FAULTS.filter((fault) => fault !== 'halfway' || service === 'database').map((fault) => `${service} ${fault}`),
  )
  const unstruck = runs < LONG_RUN ? [] : faults.filter((kind) => !faultCounts.has(kind))
  return [...RESULTS.filter((kind) => results[kind] === 0), ...unstruck]
}

function printTally(tally: Tally, from: number, seconds: number): void {
  console.log(
    `\n${tally.runs} plans from seed ${from}: ${tally.customers} customers, ${tally.calls} calls of the Worker, ${seconds.toFixed(0)} s`,
  )
  console.log(RESULTS.map((kind) => `${tally.results[kind]} ${kind}`).join(', '))
  const width = Math.max(...FAULTS.map((fault) => fault.length)) + 2
  console.log(`faults struck ${FAULTS.map((fault) => fault.padStart(width)).join('')}`)
  for (const service of SERVICES) {
    const cells = FAULTS.map((fault) => String(tally.faultCounts.get(`${service} ${fault}`) ?? 0).padStart(width))
    console.log(`${service.padEnd(13)} ${cells.join('')}`)
  }
}

function printFailure(failure: Failure): void {
  mkdirSync(KEPT_IN, { recursive: true })
  const file = path.join(KEPT_IN, `${failure.seed}.json`)
  writeFileSync(file, `${JSON.stringify(failure.plan, null, 2)}\n`)
  writeFileSync(path.join(KEPT_IN, `${failure.seed}.log`), `${failure.log.join('\n')}\n`)
  console.log(`\nSeed ${failure.seed} breaks a rule (plan shrunk ${failure.shrinks} times):\n`)
  console.log(failure.story.map((line) => `  ${line}`).join('\n'))
  console.log(`\n${failure.violations.map((line) => `  ✗ ${line}`).join('\n')}`)
  console.log(`\nplayed again by: npm run simulate -- --plan ${path.relative(process.cwd(), file)}`)
}

/** Prints the story as it happens, so that a plan that hangs shows where. */
async function playOne(serverUrl: string, plan: Plan): Promise<number> {
  const { stage, close } = await setStage(serverUrl)
  stage.watch = { begins: () => undefined, moves: (line) => console.log(line) }
  const { violations, log } = await simulate(plan, stage)
  await close()
  if (violations.length > 0) console.log(log.filter((line) => /"level":"(?:warn|error)"/.test(line)).join('\n'))
  console.log(violations.length === 0 ? '\nEvery rule holds.' : violations.map((line) => `✗ ${line}`).join('\n'))
  return violations.length
}

async function main(): Promise<number> {
  const from = whole('seed', Math.floor(Math.random() * 1_000_000))
  const server = await startPostgres({ port: 0, ephemeral: true })
  try {
    if (values.plan !== undefined) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this program
      return await playOne(server.connectionString, JSON.parse(readFileSync(values.plan, 'utf8')) as Plan)
    }
    if (values.story) return await playOne(server.connectionString, planOf(from))
    const started = performance.now()
    const { tally, failures } = await playMany(server.connectionString, from)
    printTally(tally, from, (performance.now() - started) / 1_000)
    for (const failure of failures) printFailure(failure)
    const missing = missingIn(tally)
    const isWhole = tally.runs === whole('runs') && missing.length === 0
    if (failures.length === 0) {
      console.log(
        isWhole
          ? `\nI1 to I7 hold in all ${tally.runs} plans.`
          : `\nNot every plan was played, or there were none of: ${missing.join(', ')}.`,
      )
    }
    return failures.length + (isWhole ? 0 : 1)
  } finally {
    await server.stop()
  }
}

if (values.help) console.log(USAGE)
else process.exitCode = (await main()) === 0 ? 0 : 1
