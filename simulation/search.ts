import fc from 'fast-check'
import { type Plan, planArbitrary } from './plan.ts'
import { type Outcome, simulate, type Stage } from './run.ts'

export type Failure = { seed: number; plan: Plan; outcome: Outcome; shrinks: number }

type Found = { seed: number; plan: Plan; outcome: Outcome }

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
 * Runs the plan that belongs to a seed. When something is wrong with it, the plan is shrunk for at most `shrinkMs`: the
 * smallest plan found that still breaks a rule is the failure. `heard` is told of the run itself.
 */
export async function trySeed(
  seed: number,
  stage: Stage,
  { shrinkMs, heard = () => undefined }: { shrinkMs: number; heard?: (found: Found) => void },
): Promise<Failure | undefined> {
  let smallest: Found | undefined
  let shrinks = -1
  let last: Promise<unknown> = Promise.resolve()
  const property = fc.asyncProperty(planArbitrary, async (plan) => {
    const playing = simulate(plan, stage)
    last = playing
    const outcome = await playing
    if (smallest === undefined) heard({ seed, plan, outcome })
    if (outcome.violations.length === 0) return true
    smallest = { seed, plan, outcome }
    shrinks += 1
    return false
  })
  await fc.check(property, {
    seed,
    numRuns: 1,
    // The first run takes as long as it takes; only the search for a smaller one is cut short.
    ...(shrinkMs > 0 ? { interruptAfterTimeLimit: shrinkMs } : { endOnFailure: true }),
  })
  // The search is not interrupted between two plans but in the middle of one, which still uses the stage.
  const found = smallest
  await last
  return found === undefined ? undefined : { ...found, shrinks }
}
