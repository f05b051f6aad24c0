import fc from 'fast-check'
import { type Plan, planArbitrary } from './plan.ts'
import { type Outcome, simulate, type Stage } from './run.ts'

type Found = { seed: number; plan: Plan; outcome: Outcome }

export type Failure = Found & { shrinks: number }

/** The plan that belongs to a seed. */
export function planOf(seed: number): Plan {
  const plans: Plan[] = []
  fc.check(
    fc.property(planArbitrary, (plan) => void plans.push(plan)),
    { seed, numRuns: 1 },
  )
  const [plan] = plans
  if (plan === undefined) throw new Error(`no plan was made from seed ${seed}`)
  return plan
}

/**
 * Runs the plan that belongs to a seed. When something is wrong with it, smaller plans are tried for at most `shrinkMs`:
 * the smallest that still breaks a rule is the failure. `heard` is told of the run itself.
 */
export async function trySeed(
  seed: number,
  stage: Stage,
  { shrinkMs, heard = () => undefined }: { shrinkMs: number; heard?: (found: Found) => void },
): Promise<Failure | undefined> {
  const plan = planOf(seed)
  const outcome = await simulate(plan, stage)
  heard({ seed, plan, outcome })
  if (outcome.violations.length === 0) return undefined
  const first: Failure = { seed, plan, outcome, shrinks: 0 }
  return shrinkMs > 0 ? shrink(first, stage, shrinkMs) : first
}

async function shrink(first: Failure, stage: Stage, ms: number): Promise<Failure> {
  let smallest = first
  let last: Promise<unknown> = Promise.resolve()
  const property = fc.asyncProperty(planArbitrary, async (plan) => {
    const playing = simulate(plan, stage)
    last = playing
    const outcome = await playing
    if (outcome.violations.length === 0) return true
    smallest = { ...first, plan, outcome, shrinks: smallest.shrinks + 1 }
    return false
  })
  await fc.check(property, { seed: first.seed, numRuns: 1, interruptAfterTimeLimit: ms })
  // The search is interrupted in the middle of a plan, which still uses the stage.
  await last
  return smallest
}
