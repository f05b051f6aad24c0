import { createHash } from 'node:crypto'

/**
 * Chance as a function of the seed and of what is asked about, not of how often was asked before: taking one customer or
 * one fault out of a plan leaves the luck of all others as it was, which is what makes shrinking work.
 */
export class Chance {
  readonly #seed: number
  #drawn = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** A number from 0 up to 1 that belongs to `about`. */
  of(about: string): number {
    return createHash('sha256').update(`${this.#seed} ${about}`).digest().readUInt32BE() / 2 ** 32
  }

  /** A number from `low` to `high`, small ones being as likely as large ones ten times their size. */
  between(low: number, high: number, about: string): number {
    return low * (high / low) ** this.of(about)
  }

  /** Bytes in the order of asking, for whatever wants randomness and not luck. */
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
