import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFlags } from '../../dev/flags.ts'
import { operationsOf, readDocument } from './document.ts'
import type { Finding } from './findings.ts'
import { replay } from './replay.ts'
import { runFuzz } from './run.ts'
import type { FuzzReport } from './run.ts'
import { missedSuccesses, tableOf } from './tally.ts'

const USAGE = `npm run fuzz -- [--requests 100000] [--seed N] [--operation operationId] [--replay file.json]`
const FOLDER = path.resolve(import.meta.dirname, '../..', '.fuzz')

const values = readFlags({
  requests: { type: 'string', default: '20000' },
  seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  operation: { type: 'string' },
  replay: { type: 'string' },
  help: { type: 'boolean', default: false },
})

function describe({ rule, what, operation, count, request }: Finding, file: string | undefined): string {
  const head = `✗ ${operation}: ${rule} (${count}×)\n  ${what.slice(0, 1_000)}`
  if (request === undefined) return head
  const { seed, index, curl, answer } = request
  return `${head}\n  seed ${seed}, request ${index}; again: npm run fuzz -- --replay ${file}\n  ${curl}\n  answered ${answer}`
}

function keep(finding: Finding, at: number): string | undefined {
  if (finding.request === undefined) return undefined
  const file = path.join(FOLDER, `finding-${at + 1}.json`)
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(file, `${JSON.stringify(finding, null, 2)}\n`)
  return path.relative(process.cwd(), file)
}

function print(report: FuzzReport): boolean {
  const { operations, tally, findings, seconds, sent, seed, requests, logLines } = report
  console.log(`\n${tableOf(operations, tally)}\n`)
  const called = operations.filter(({ id }) => tally.of(id).size > 0)
  const missed = missedSuccesses(operations, tally)
  const all = values.operation === undefined
  console.log(`operations called: ${called.length} of ${operations.length}`)
  if (all) console.log(`documented successes never seen: ${missed.length === 0 ? 'none' : missed.join(', ')}`)
  console.log(
    `${requests} generated requests, ${sent} in all, ${(sent / seconds).toFixed(0)} a second; ${logLines} log lines read`,
  )
  console.log(`seed ${seed}\n`)
  findings.forEach((finding, at) => console.log(`${describe(finding, keep(finding, at))}\n`))
  console.log(findings.length === 0 ? 'No rule was broken.' : `${findings.length} rules were broken.`)
  return findings.length === 0 && (!all || requests < 50_000 || missed.length === 0)
}

async function fuzz(): Promise<boolean> {
  const requests = Number(values.requests)
  const seed = Number(values.seed)
  if (!Number.isInteger(requests) || requests < 1 || !Number.isInteger(seed)) throw new Error(USAGE)
  console.log(`${operationsOf(readDocument()).length} operations, seed ${seed}: starting a shop`)
  rmSync(FOLDER, { recursive: true, force: true })
  const step = Math.max(1_000, Math.floor(requests / 20))
  const start = performance.now()
  const report = await runFuzz({
    requests,
    seed,
    ...(values.operation === undefined ? {} : { operation: values.operation }),
    onProgress: (done) => {
      if (done % step === 0)
        console.log(`${done} of ${requests} after ${((performance.now() - start) / 1_000).toFixed(0)} s`)
    },
  })
  return print(report)
}

// Ends the process regularly on a signal, so that what it has started is stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

if (values.help) {
  console.log(USAGE)
} else {
  const isRight = values.replay === undefined ? await fuzz() : await replay(readFileSync(values.replay, 'utf8'))
  process.exitCode = isRight ? 0 : 1
}
