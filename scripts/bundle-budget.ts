import type { Bundle } from './build-bundle.ts'

/**
 * What the Worker may weigh. It must start within a second wherever it is asked for first, and the less there is to read
 * the sooner it does. All three are counted exactly; a change that needs more raises them knowingly.
 */
export const BUDGET = { gzippedBytes: 288_000, rawBytes: 980_000, modules: 545 }

/** Each figure beside its budget, and whether it keeps it. */
export function compareWithBudget({ gzippedBytes, rawBytes, modules }: Bundle) {
  const figures = { gzippedBytes, rawBytes, modules: modules.size }
  return (['gzippedBytes', 'rawBytes', 'modules'] as const).map((name) => ({
    name,
    is: figures[name],
    budget: BUDGET[name],
    kept: figures[name] > 0 && figures[name] <= BUDGET[name],
  }))
}
