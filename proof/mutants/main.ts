import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { readFlags } from '../../dev/flags.ts'
import { allMutants, shuffled } from './draw.ts'
import { describe, featureOf, type Mutant } from './mutant.ts'
import { readTestsOf, type TestsOf } from './tests-of.ts'
import { measureTests, Trial, type Verdict } from './trial.ts'
import { Sandbox } from './sandbox.ts'

// How many bugs the tests notice: `npm run mutants -- --count 60 --seed 7` plants so many, one at a time, in copies of the
// work tree. The seed draws them from all places where one can be planted; one that does not compile is drawn again.
// `--seed 1,2,3` plants so many for each seed. `--in src/features/cart` draws from there alone. Every bug and what noticed
// it go to `.mutants/<seed>.json`.

/** The share of bugs that must be noticed with every seed. */
const ENOUGH = 0.9
const PROJECT = path.join(import.meta.dirname, '../..')

const values = readFlags({
  count: { type: 'string', default: '60' },
  seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
  jobs: { type: 'string', default: String(availableParallelism()) },
  in: { type: 'string', default: 'src/' },
})

type Tried = { seed: number; mutant: Mutant; verdict: Verdict }

/** The bugs of a seed in the order in which they are drawn, and how many are still to be tried. */
type Draw = { seed: number; drawn: Mutant[]; left: number }

function whole(name: 'count' | 'seed' | 'jobs', value = values[name]): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  console.error(`--${name} must be a whole number, not ${value}`)
  return process.exit(2)
}

/** Draws and tries bugs until each seed has had its number; several at once, each in a sandbox of its own. */
async function tryAll(draws: Draw[], sandboxes: Sandbox[], testsOf: TestsOf): Promise<Tried[]> {
  const [first] = sandboxes
  if (first === undefined) return []
  const usual = await measureTests(first)
  const trials = sandboxes.map((sandbox) => ({ sandbox, trial: new Trial(sandbox, testsOf, usual) }))
  const tried: Tried[] = []
  const count = draws.reduce((sum, { left }) => sum + left, 0)
  const work = async ({ sandbox, trial }: (typeof trials)[number]) => {
    for (;;) {
      const draw = draws.find(({ left, drawn }) => left > 0 && drawn.length > 0)
      const mutant = draw?.drawn.shift()
      if (draw === undefined || mutant === undefined) return
      draw.left -= 1
      if (mutant.file.endsWith('.ts') && (await sandbox.with([mutant], () => sandbox.compiles())) !== 'passed') {
        draw.left += 1
        continue
      }
      const verdict = await trial.judge(mutant)
      tried.push({ seed: draw.seed, mutant, verdict })
      const line = verdict === undefined ? 'not noticed by nearby tests:' : `noticed by ${verdict}:`
      console.log(`${tried.length} of ${count}, ${line} ${describe(mutant, sandbox.textOf(mutant))}`)
    }
  }
  await Promise.all(trials.map(work))
  const left = tried.filter(({ verdict }) => verdict === undefined)
  console.log(`\nAll tests are asked about the ${left.length} that are left …`)
  await Promise.all(
    trials.map(async ({ trial }, at) => {
      const share = left.filter((_, index) => index % trials.length === at)
      const noticed = await trial.judgeByAll(share.map(({ mutant }) => mutant))
      for (const each of share) if (noticed.includes(each.mutant)) each.verdict = 'all tests'
    }),
  )
  for (const { mutant, verdict } of left) {
    console.log(
      `${verdict === undefined ? 'SURVIVED' : 'noticed by all tests:'} ${describe(mutant, first.textOf(mutant))}`,
    )
  }
  return tried
}

function printShares(tried: Tried[]): void {
  const features = [...new Set(tried.map(({ mutant }) => featureOf(mutant.file)))].toSorted()
  console.log(`\n${'place'.padEnd(20)} planted  noticed`)
  for (const feature of [...features, undefined]) {
    const here = tried.filter(({ mutant }) => feature === undefined || featureOf(mutant.file) === feature)
    const noticed = here.filter(({ verdict }) => verdict !== undefined).length
    const share = `${((100 * noticed) / here.length).toFixed(0)} %`
    console.log(
      `${(feature ?? 'all').padEnd(20)} ${String(here.length).padStart(7)} ${String(noticed).padStart(8)} ${share.padStart(6)}`,
    )
  }
}

async function main(): Promise<void> {
  const count = whole('count')
  const seeds = [...new Set(values.seed.split(',').map((seed) => whole('seed', seed)))]
  const sandboxes = Array.from({ length: Math.max(1, Math.min(whole('jobs'), count)) }, () => new Sandbox(PROJECT))
  const [{ root } = { root: PROJECT }] = sandboxes
  const remove = () => {
    for (const sandbox of sandboxes.splice(0)) sandbox.remove()
  }
  process.once('exit', remove)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const places = (await allMutants(root)).filter(({ file }) => file.startsWith(values.in))
  console.log(`${places.length} bugs can be planted; ${count} are drawn with --seed ${seeds.join(', ')}.`)
  const draws = seeds.map((seed) => ({ seed, drawn: shuffled(places, seed), left: count }))
  const tried = await tryAll(draws, [...sandboxes], readTestsOf(root))
  for (const seed of seeds) {
    if (
      !report(
        seed,
        tried.filter((each) => each.seed === seed),
      )
    )
      process.exitCode = 1
  }
}

/** Prints and keeps what was found out with a seed; answers whether enough was noticed. */
function report(seed: number, tried: Tried[]): boolean {
  printShares(tried)
  const file = path.join(PROJECT, '.mutants', `${seed}.json`)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(tried, null, 2)}\n`)
  const noticed = tried.filter(({ verdict }) => verdict !== undefined).length
  console.log(`\n${noticed} of ${tried.length} were noticed. Repeat with --count ${tried.length} --seed ${seed}.`)
  return noticed >= ENOUGH * tried.length
}

await main()
