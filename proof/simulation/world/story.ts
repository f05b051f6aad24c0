import { createHash } from 'node:crypto'
import type { VirtualClock } from './clock.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** The story of a run: one line for each thing that happened, with the simulated time. */
export class Story {
  readonly #clock: VirtualClock
  readonly #start: number
  readonly #heard: (line: string) => void
  readonly lines: string[] = []

  /** `heard` is called with every line. */
  constructor(clock: VirtualClock, heard: (line: string) => void = () => undefined) {
    this.#clock = clock
    this.#start = clock.now()
    this.#heard = heard
  }

  tell(who: string, what: string): void {
    const line = `${this.#time()}  ${who.padEnd(22)} ${what}`
    this.lines.push(line)
    this.#heard(line)
  }

  /** Two runs with the same digest were the same, step by step. */
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
