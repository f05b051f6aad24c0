import { FaultList } from './api/faults.ts'
import { IdempotencyKeys } from './api/idempotency.ts'
import { RequestLog } from './api/request-log.ts'
import type { Emulator, Watch } from './emulator.ts'
import { EventLog, type EventSink } from './events/event-log.ts'
import { WebhookDelivery } from './events/webhook-delivery.ts'
import { Store } from './model/store.ts'

export type EmulatorOptions = {
  /** Where signed events go; without one they wait until it is set. */
  webhookUrl?: string
  webhookSecret: string
  /** Where a browser reaches the emulator, when that is not its own address. */
  publicUrl?: string
  log?: (line: string) => void
  /** Seconds since the epoch; tests move it on. */
  now?: () => number
  /** Takes the events instead of the delivery over HTTP. */
  eventSink?: EventSink
  /** Sees every call and event; tests hold them against Stripe's types. */
  watch?: Watch
}

/** An emulator that nobody can reach yet: `server.ts` puts it behind HTTP. */
export function createEmulator(options: EmulatorOptions): Emulator {
  const log = options.log ?? (() => undefined)
  const now = options.now ?? (() => Math.floor(Date.now() / 1000))
  const store = new Store()
  const webhooks = new WebhookDelivery({ url: options.webhookUrl ?? null, secret: options.webhookSecret, log })
  return {
    publicUrl: (options.publicUrl ?? '').replace(/\/+$/, ''),
    now,
    store,
    webhooks,
    events: new EventLog(store, watched(options.eventSink ?? webhooks, options.watch), now),
    watch: options.watch,
    faults: new FaultList(),
    idempotency: new IdempotencyKeys(now),
    requests: new RequestLog(),
    latencyMs: 0,
    log,
  }
}

const watched = (sink: EventSink, watch: Watch | undefined): EventSink => ({
  add(event) {
    watch?.event(event)
    sink.add(event)
  },
})
