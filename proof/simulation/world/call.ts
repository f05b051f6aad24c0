import { AsyncLocalStorage } from 'node:async_hooks'
import type { Door } from '../plan.ts'

/** One call of the Worker: a request, a batch of messages, a cron tick; with everything it defers. */
export class WorkerCall {
  readonly door: Door
  /** Number of this call among those through its door. */
  readonly number: number
  readonly name: string
  readonly isolate: number
  /** Calls to other services made so far. */
  boundaries = 0
  #dead = false
  #tellEnd: () => void = () => undefined
  /** Fulfilled when the call is dead: whoever waited for its answer will get none. */
  readonly ended = new Promise<void>((resolve) => (this.#tellEnd = resolve))

  constructor(given: { door: Door; number: number; isolate: number; who: string }) {
    this.door = given.door
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
