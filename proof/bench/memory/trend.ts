import { quantile } from '../statistics.ts'

/** The first fifth is warm-up: code is compiled, caches fill, the heap finds its size. */
const WARM_UP = 0.2

/**
 * How much more the last third of what remains has than the first third, by their medians: 0.1 is a tenth more.
 * A peak or two changes nothing; a leak under steady load does. NaN with fewer than six samples after the warm-up.
 */
export function growthOf(samples: readonly number[]): number {
  const kept = samples.slice(Math.ceil(samples.length * WARM_UP))
  const third = Math.floor(kept.length / 3)
  if (third < 2) return Number.NaN
  return quantile(kept.slice(-third), 0.5) / quantile(kept.slice(0, third), 0.5) - 1
}
