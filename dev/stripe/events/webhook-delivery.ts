import type { StripeEvent } from '../model/objects.ts'
import { signatureHeader } from './signature.ts'

type DeliveryMode = 'deliver' | 'hold' | 'drop'

type Attempt = { at: string; status: number | null; ms: number; error: string | null }
type Reply = { status: number | null; body: unknown; ms: number; error?: string }

type Delivery = {
  event: StripeEvent
  payload: string
  mode: DeliveryMode
  attempts: Attempt[]
  delivered: boolean
  retry: NodeJS.Timeout | null
}

type DeliveryReport = {
  id: string
  type: string
  created: number
  mode: DeliveryMode
  delivered: boolean
  attempts: Attempt[]
}

const MAX_ATTEMPTS = 10
const ATTEMPT_TIMEOUT_MS = 10_000

/** 1 s, 2 s, 4 s … capped at a minute: Stripe's three days of retries, made short for a local stack. */
export const retryDelayMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), 60_000)

/**
 * Sends events to one endpoint. Each event travels on its own: a slow or failing answer to one never delays
 * another, and nothing promises their order, as with Stripe.
 */
export class WebhookDelivery {
  mode: DeliveryMode = 'deliver'
  #url: string | null
  readonly #secret: string
  readonly #log: (line: string) => void
  readonly #deliveries = new Map<string, Delivery>()
  readonly #stopping = new AbortController()

  constructor(options: { url: string | null; secret: string; log: (line: string) => void }) {
    this.#url = options.url
    this.#secret = options.secret
    this.#log = options.log
  }

  get url(): string | null {
    return this.#url
  }

  setUrl(url: string): void {
    this.#url = url
    if (this.mode === 'deliver') this.#sendHeld()
  }

  /** Going back to `deliver` sends what was held; what was dropped stays unsent until redelivered. */
  setMode(mode: DeliveryMode): void {
    this.mode = mode
    if (mode === 'deliver') this.#sendHeld()
  }

  add(event: StripeEvent): void {
    // Without an address nothing can be sent yet: the event waits for one.
    const mode = this.mode === 'deliver' && this.#url === null ? 'hold' : this.mode
    // The bytes are fixed once, so that every delivery of an event carries the same payload.
    const payload = JSON.stringify(event, null, 2)
    const delivery: Delivery = { event, payload, mode, attempts: [], delivered: false, retry: null }
    if (mode === 'drop') event.pending_webhooks = 0
    this.#deliveries.set(event.id, delivery)
    if (mode === 'deliver') void this.#deliver(delivery)
  }

  list(): DeliveryReport[] {
    return [...this.#deliveries.values()].map(({ event, mode, delivered, attempts }) => ({
      id: event.id,
      type: event.type,
      created: event.created,
      mode,
      delivered,
      attempts,
    }))
  }

  has(eventId: string): boolean {
    return this.#deliveries.has(eventId)
  }

  /** Sends one event `times` times at once or one after the other, whatever the mode; answers the replies. */
  async redeliver(eventId: string, times: number, parallel: boolean): Promise<Reply[]> {
    const delivery = this.#deliveries.get(eventId)
    if (!delivery) throw new Error(`no event ${eventId}`)
    if (parallel) return Promise.all(Array.from({ length: times }, () => this.#attempt(delivery)))
    const replies: Reply[] = []
    for (let sent = 0; sent < times; sent += 1) replies.push(await this.#attempt(delivery))
    return replies
  }

  stop(): void {
    this.#stopping.abort(new Error('the emulator is stopping'))
    for (const delivery of this.#deliveries.values()) {
      if (delivery.retry) clearTimeout(delivery.retry)
    }
  }

  #sendHeld(): void {
    if (this.#url === null) return
    for (const delivery of this.#deliveries.values()) {
      if (delivery.mode !== 'hold' || delivery.delivered) continue
      delivery.mode = 'deliver'
      void this.#deliver(delivery)
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    delivery.retry = null
    // A redelivery may have got through while this one was waiting for its turn.
    if (delivery.delivered) return
    if (this.mode !== 'deliver') {
      delivery.mode = this.mode
      return
    }
    await this.#attempt(delivery)
    if (delivery.delivered || this.#stopping.signal.aborted) return
    const failures = delivery.attempts.length
    if (failures >= MAX_ATTEMPTS) {
      this.#log(`webhook ${delivery.event.id} ${delivery.event.type}: given up after ${failures} attempts`)
      return
    }
    delivery.retry = setTimeout(() => void this.#deliver(delivery), retryDelayMs(failures))
    delivery.retry.unref()
  }

  async #attempt(delivery: Delivery): Promise<Reply> {
    const reply = await this.#post(delivery.payload)
    const { status, ms } = reply
    const at = new Date(Date.now() - ms).toISOString()
    delivery.attempts.push({ at, status, ms, error: reply.error ?? null })
    if (status !== null && status >= 200 && status < 300) {
      delivery.delivered = true
      delivery.event.pending_webhooks = 0
    }
    this.#log(`webhook ${delivery.event.id} ${delivery.event.type} -> ${status ?? reply.error} (${ms} ms)`)
    return reply
  }

  async #post(payload: string): Promise<Reply> {
    const started = performance.now()
    const elapsed = () => Math.round(performance.now() - started)
    if (this.#url === null) return { status: null, body: null, ms: 0, error: 'no webhook address is set' }
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          // Real time, not the emulator's: the receiver checks its tolerance against the wall clock.
          'stripe-signature': signatureHeader(payload, this.#secret, Math.floor(Date.now() / 1000)),
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
      })
      const body = parseBody(await response.text())
      return { status: response.status, body, ms: elapsed() }
    } catch (error) {
      return { status: null, body: null, ms: elapsed(), error: describe(error) }
    }
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
