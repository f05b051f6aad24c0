import { AsyncLocalStorage } from 'node:async_hooks'
import type { Entry } from '../plan.ts'

/** One call of the Worker: a request, a batch of messages, a cron tick; with everything it defers. */
export class WorkerCall {
  readonly entry: Entry
  /** Number of this call among those through its entry. */
  readonly number: number
  readonly name: string
  readonly isolate: number
  /** Calls to other services made so far. */
  boundaries = 0
  #dead = false
  #tellEnd: () => void = () => undefined
  /** Fulfilled when the call has crashed: whoever waits for its answer will get none. */
  readonly ended = new Promise<void>((resolve) => (this.#tellEnd = resolve))

  constructor(given: { entry: Entry; number: number; isolate: number; who: string }) {
    this.entry = given.entry
    this.number = given.number
    this.isolate = given.isolate
    this.name = given.who
  }

  get isDead(): boolean {
    return this.#dead
  }

  die(): void {
    this.#dead = true
    this.#tellEnd()
  }
}

/** Which call of the Worker the running code belongs to. */
export const currentCall = new AsyncLocalStorage<WorkerCall>()
