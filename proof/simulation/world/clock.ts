import { setImmediate as turn } from 'node:timers/promises'

type Entry = { at: number; order: number; run: () => void }

/**
 * Time as the simulation has it: it stands still while anything runs, and jumps to the next thing that is due. What is
 * due at the same millisecond runs in the order in which it was asked for.
 */
export class VirtualClock {
  #now: number
  #order = 0
  #queue: Entry[] = []
  #working = 0
  #tellIdle: () => void = () => undefined
  #chain: Promise<unknown> = Promise.resolve()

  /** `start` in milliseconds since the epoch. */
  constructor(start: number) {
    this.#now = start
  }

  /** Milliseconds since the epoch, whole. */
  now(): number {
    return Math.floor(this.#now)
  }

  after(ms: number, run: () => void): Entry {
    const entry = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    let at = this.#queue.length
    while (at > 0 && isLater(this.#queue[at - 1], entry)) at -= 1
    this.#queue.splice(at, 0, entry)
    return entry
  }

  cancel(entry: Entry): void {
    const at = this.#queue.indexOf(entry)
    if (at >= 0) this.#queue.splice(at, 1)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve))
  }

  /** Time stands still until this real work (a query, a signature) has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#working += 1
    try {
      return await work
    } finally {
      this.#working -= 1
      if (this.#working === 0) this.#tellIdle()
    }
  }

  /** As `during`, one after the other: work on other threads would end in any order. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(work)
    this.#chain = result.catch(() => undefined)
    return this.during(result)
  }

  /** Runs everything that is due until nothing is left, or until it is `end`, in milliseconds since the epoch. */
  async runUntil(end = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await this.#stillness()
      const [next] = this.#queue
      if (next === undefined || next.at > end) break
      this.#queue.shift()
      this.#now = next.at
      next.run()
    }
    if (Number.isFinite(end)) this.#now = Math.max(this.#now, end)
  }

  /** Waits until nothing can happen before time goes on: no real work is running, every promise has been followed up. */
  async #stillness(): Promise<void> {
    await turn()
    while (this.#working > 0) {
      await new Promise<void>((resolve) => (this.#tellIdle = resolve))
      await turn()
    }
    await turn()
    if (this.#working > 0) await this.#stillness()
  }
}

const isLater = (a: Entry | undefined, b: Entry): boolean =>
  a !== undefined && (a.at > b.at || (a.at === b.at && a.order > b.order))

/** A `Date` that takes the time from the clock. */
export function dateOf(clock: VirtualClock): DateConstructor {
  return new Proxy(Date, {
    construct: (target, given: number[], newTarget) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `new Date` makes
      Reflect.construct(target, given.length === 0 ? [clock.now()] : given, newTarget) as object,
    get: (target, name, receiver): unknown =>
      name === 'now' ? () => clock.now() : Reflect.get(target, name, receiver),
  })
}
