import { API_VERSION, type Cause } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { StripeEvent, StripeObject } from '../model/objects.ts'
import type { Store } from '../model/store.ts'

/** Takes each event to whoever listens. */
export type EventSink = { add(event: StripeEvent): void }

/** Records what happened, as Stripe's event list does, and hands each event on for delivery. */
export class EventLog {
  readonly #store: Store
  readonly #sink: EventSink
  readonly #now: () => number

  constructor(store: Store, sink: EventSink, now: () => number) {
    this.#store = store
    this.#sink = sink
    this.#now = now
  }

  /** The event holds a copy of the object as it is at this moment; later changes do not show in it. */
  emit(type: string, object: StripeObject, cause: Cause, previous?: Record<string, unknown>): StripeEvent {
    const event: StripeEvent = {
      id: newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: this.#now(),
      data: {
        object: structuredClone(object),
        ...(previous === undefined ? {} : { previous_attributes: structuredClone(previous) }),
      },
      livemode: false,
      pending_webhooks: 1,
      request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
      type,
    }
    this.#store.events.set(event.id, event)
    this.#sink.add(event)
    return event
  }
}
