import { createHash } from 'node:crypto'
import type { VirtualClock } from './clock.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** What happened, one line each, with the time that has passed in the simulated world. */
export class Story {
  readonly #clock: VirtualClock
  readonly #start: number
  readonly lines: string[] = []

  constructor(clock: VirtualClock) {
    this.#clock = clock
    this.#start = clock.now()
  }

  tell(who: string, what: string): void {
    this.lines.push(`${this.#time()}  ${who.padEnd(22)} ${what}`)
  }

  /** Two runs with the same digest went the same way, step by step. */
  digest(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, 16)
  }

  #time(): string {
    const ms = this.#clock.now() - this.#start
    const [days, hours, minutes] = [
      Math.floor(ms / 86_400_000),
      Math.floor(ms / 3_600_000) % 24,
      Math.floor(ms / 60_000) % 60,
    ]
    return `${days > 0 ? `${days}d ` : ''}${two(hours)}:${two(minutes)}:${two(Math.floor(ms / 1_000) % 60)}.${String(ms % 1_000).padStart(3, '0')}`
  }
}
