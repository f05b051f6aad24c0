import { fork } from 'node:child_process'
import path from 'node:path'
import type { Job, Report } from './job.ts'

/** A plan that is silent for so long hangs, however busy the machine is: most take under a second. */
const STILL_MS = 60_000

type Heard = (report: Exclude<Report, { kind: 'begins' | 'moves' }>) => void

/**
 * Plays a job in a process of its own. A plan of which nothing is heard for `stillMs` is reported as a failure, and its
 * process is killed. Rejected when the process ends otherwise than by itself.
 */
export function runJob(
  job: Job,
  heard: Heard,
  { program = path.join(import.meta.dirname, 'job.ts'), stillMs = STILL_MS } = {},
): Promise<void> {
  const child = fork(program, [JSON.stringify(job)])
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const plan = { seed: job.from, plan: undefined as unknown, last: '(nothing was told of it)' }
  let isStill = false
  const onStill = () => {
    isStill = true
    heard({
      kind: 'failure',
      seed: plan.seed,
      violations: [`the plan did not move for ${stillMs / 1_000} s`],
      plan: plan.plan,
      story: [JSON.stringify(plan.plan), plan.last],
      log: [],
      shrinks: 0,
    })
    end()
  }
  let timer: NodeJS.Timeout | undefined
  child.on('message', (message) => {
    clearTimeout(timer)
    if (!isStill) timer = setTimeout(onStill, stillMs)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by job.ts
    const report = message as Report
    if (report.kind === 'begins') Object.assign(plan, { seed: report.seed, plan: report.plan })
    else if (report.kind === 'moves') plan.last = report.line
    else heard(report)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    // Not before its last report has been read.
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      process.removeListener('exit', end)
      if (code === 0 || isStill) resolve()
      else reject(new Error(`a process of the simulation ended with ${code ?? signal}`))
    })
  })
}
