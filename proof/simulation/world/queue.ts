import type { World } from './world.ts'

const SECOND = 1_000
/** As in wrangler.toml; the first delivery is attempt 1. */
const ATTEMPTS_MAX = 10
/** The dead-letter queue drops a message after three retries, the platform's default. */
const DEAD_ATTEMPTS_MAX = 4
const BATCH_MAX = 10
const REDELIVERED_AFTER = 30 * SECOND

type Stored = { id: string; body: unknown; attempts: number; dead: boolean; timestamp: Date }

export type Batch = {
  queue: string
  messages: {
    id: string
    timestamp: Date
    body: unknown
    attempts: number
    ack: () => void
    retry: (options?: { delaySeconds?: number }) => void
  }[]
}

type Consume = (batch: Batch, who: string) => Promise<true | undefined>

/** A queue that delivers at least once, in any order, and hands what it gives up to a dead-letter queue. */
export class SimulatedQueue {
  readonly #world: World
  readonly #consume: Consume
  #sent = 0
  #delivered = 0
  #ready: Stored[] = []
  #due = false

  constructor(world: World, consume: Consume) {
    this.#world = world
    this.#consume = consume
  }

  /** The producer's binding. */
  get binding(): {
    send: (body: unknown) => Promise<void>
    sendBatch: (messages: Iterable<{ body: unknown }>) => Promise<void>
  } {
    const send = (bodies: unknown[]) =>
      this.#world.cross({
        service: 'queue',
        what: `queue takes ${bodies.length} message${bodies.length === 1 ? '' : 's'}`,
        effect: () => {
          for (const body of bodies) this.#put(body)
          return Promise.resolve()
        },
        failure: () => {
          throw new Error('Queue send failed: Internal Server Error')
        },
      })
    return {
      send: (body) => send([structuredClone(body)]),
      sendBatch: (messages) => send([...messages].map(({ body }) => structuredClone(body))),
    }
  }

  #put(body: unknown): void {
    const { chance, clock, plan } = this.#world
    const number = this.#sent++
    const message = (): Stored => ({
      id: `message-${number}`,
      body,
      attempts: 1,
      dead: false,
      timestamp: new Date(clock.now()),
    })
    const { duplicates, delays } = plan.weather
    const wait =
      chance.of(`message ${number} slow`) < delays * 0.1
        ? chance.between(60 * SECOND, 1_800 * SECOND, `message ${number} wait`)
        : 0
    this.#arrive(message(), wait)
    if (chance.of(`message ${number} twice`) < duplicates * 0.1)
      this.#arrive(message(), wait + chance.between(1, 300_000, `message ${number} second`))
  }

  #arrive(message: Stored, afterMs: number): void {
    this.#world.clock.after(afterMs, () => {
      this.#ready.push(message)
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#due) return
    this.#due = true
    this.#world.clock.after(this.#world.chance.between(5, SECOND, `batch ${this.#delivered}`), () => {
      this.#due = false
      const dead = this.#ready[0]?.dead ?? false
      const batch = this.#ready.filter((message) => message.dead === dead).slice(0, BATCH_MAX)
      this.#ready = this.#ready.filter((message) => !batch.includes(message))
      if (this.#ready.length > 0) this.#schedule()
      if (batch.length > 0) void this.#deliver(batch, dead)
    })
  }

  async #deliver(batch: Stored[], dead: boolean): Promise<void> {
    const name = `${dead ? 'dead letters' : 'queue batch'} ${this.#delivered++}`
    const outcomes = new Map<Stored, number | 'acknowledged'>()
    const messages = batch.map((message) => ({
      id: message.id,
      timestamp: message.timestamp,
      body: structuredClone(message.body),
      attempts: message.attempts,
      ack: () => void outcomes.set(message, 'acknowledged'),
      retry: ({ delaySeconds = 0 }: { delaySeconds?: number } = {}) =>
        void outcomes.set(message, delaySeconds * SECOND),
    }))
    const done = await this.#consume({ queue: dead ? 'mercat-email-dead' : 'mercat-email', messages }, name)
    this.#world.story.tell(
      name,
      `${batch.map(({ id, attempts }) => `${id} (attempt ${attempts})`).join(', ')}: ${done === undefined ? 'the consumer died' : 'handled'}`,
    )
    for (const message of batch) {
      // A consumer that crashed has acknowledged nothing.
      const outcome = done === undefined ? REDELIVERED_AFTER : (outcomes.get(message) ?? 'acknowledged')
      if (outcome !== 'acknowledged') this.#again(message, outcome)
    }
  }

  #again(message: Stored, afterMs: number): void {
    if (message.dead && message.attempts >= DEAD_ATTEMPTS_MAX) {
      this.#world.story.tell('dead letters', `${message.id} is dropped`)
      return
    }
    const isLast = !message.dead && message.attempts >= ATTEMPTS_MAX
    const next = isLast ? { ...message, attempts: 1, dead: true } : { ...message, attempts: message.attempts + 1 }
    this.#arrive(next, afterMs)
  }
}
