/** A stream of numbers in [0, 1) that follows from its seed alone (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of one request of a run. */
export const seedOf = (seed: number, index: number): number =>
  Math.floor(createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))() * 2 ** 31)

export function pick<T>(random: () => number, from: readonly T[]): T {
  const value = from[Math.floor(random() * from.length)]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}

/** Picks by weight; the weights may have any sum. */
export function pickWeighted<T>(random: () => number, from: readonly { weight: number; value: T }[]): T {
  let left = random() * from.reduce((sum, { weight }) => sum + weight, 0)
  const found = from.find(({ weight }) => (left -= weight) < 0)
  return found === undefined ? pick(random, from).value : found.value
}
