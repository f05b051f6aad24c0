import { createHash } from 'node:crypto'

/**
 * Randomness as a function of the seed and of what it decides, not of the calls before: taking one customer or
 * one fault out of a plan leaves all other decisions as they were, which is what makes shrinking work.
 */
export class Chance {
  readonly #seed: number
  #drawn = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** A number from 0 up to 1 for the decision `about`. */
  of(about: string): number {
    return createHash('sha256').update(`${this.#seed} ${about}`).digest().readUInt32BE() / 2 ** 32
  }

  /** A number from `low` to `high`, evenly distributed on a logarithmic scale. */
  between(low: number, high: number, about: string): number {
    return low * (high / low) ** this.of(about)
  }

  /** Random bytes in the order of the calls, for ids and keys, which decide nothing. */
  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count)
    for (let at = 0; at < count; at += 32) {
      const block = createHash('sha256')
        .update(`${this.#seed} bytes ${this.#drawn++}`)
        .digest()
      out.set(block.subarray(0, Math.min(32, count - at)), at)
    }
    return out
  }
}
