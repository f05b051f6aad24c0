import { z } from 'zod'
import { type Results, simulate } from './run.ts'
import { trySeed } from './search.ts'
import { setStage } from './stage.ts'

/** The work of one process: every `step`-th seed from `from` on, `runs` in all. */
export const jobSchema = z.object({
  serverUrl: z.string(),
  from: z.int(),
  step: z.int(),
  runs: z.int(),
  shrinkMs: z.number(),
})
export type Job = z.infer<typeof jobSchema>

export type Report =
  | { kind: 'begins'; seed: number; plan: unknown }
  | { kind: 'moves'; line: string }
  | { kind: 'run'; seed: number; customers: number; results: Results; calls: number; faultCounts: [string, number][] }
  | {
      kind: 'failure'
      seed: number
      violations: string[]
      plan: unknown
      story: string[]
      log: string[]
      shrinks: number
    }

/** The shortest time between two signs of life of a process. */
const MOVES_EACH_MS = 1_000
/** One run in this many is repeated, and must tell the same story. */
const REPEATED_EACH = 50

const report = (message: Report) => process.send?.(message)

async function work({ serverUrl, from, step, runs, shrinkMs }: Job): Promise<void> {
  const { stage, close } = await setStage(serverUrl)
  let seed = from
  let moved = 0
  stage.watch = {
    begins: (plan) => report({ kind: 'begins', seed, plan }),
    moves(line) {
      if (performance.now() - moved < MOVES_EACH_MS) return
      moved = performance.now()
      report({ kind: 'moves', line })
    },
  }
  for (let run = 0; run < runs; run++) {
    seed = from + run * step
    const repeat: { plan?: Parameters<typeof simulate>[0]; digest?: string } = {}
    const failure = await trySeed(seed, stage, {
      shrinkMs,
      heard({ plan, outcome: { digest, results, calls, faultCounts } }) {
        const customers = plan.customers.length
        report({ kind: 'run', seed, customers, results, calls, faultCounts: [...faultCounts] })
        if (run % REPEATED_EACH === 0) Object.assign(repeat, { plan, digest })
      },
    })
    if (failure !== undefined) {
      const { violations, story, log } = failure.outcome
      report({
        kind: 'failure',
        seed,
        violations,
        plan: failure.plan,
        story,
        log: log.slice(-200),
        shrinks: failure.shrinks,
      })
      break
    }
    if (repeat.plan !== undefined) {
      const again = await simulate(repeat.plan, stage)
      if (again.digest !== repeat.digest) {
        const violations = [`seed ${seed} went two ways: the simulation is not deterministic`]
        report({ kind: 'failure', seed, violations, plan: repeat.plan, story: again.story, log: [], shrinks: 0 })
        break
      }
    }
  }
  await close()
}

if (import.meta.main) {
  await work(jobSchema.parse(JSON.parse(process.argv[2] ?? '')))
  process.disconnect?.()
}
