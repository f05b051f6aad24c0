import type { Store } from './model/store.ts'
import type { EventLog } from './events/event-log.ts'
import type { WebhookDelivery } from './events/webhook-delivery.ts'
import type { FormObject } from './api/form.ts'
import type { StripeEvent } from './model/objects.ts'
import type { FaultList } from './api/faults.ts'
import type { IdempotencyKeys } from './api/idempotency.ts'
import type { RequestLog } from './api/request-log.ts'

/** The API version whose shapes the emulator speaks: the one that stripe@23 sends. */
export const API_VERSION = '2026-10-28.endive'

/** Whose doing an event is: an API call, or nobody's (hosted page, control call, clock). */
export type Cause = { requestId: string | null; idempotencyKey: string | null }
export const NO_CAUSE: Cause = { requestId: null, idempotencyKey: null }

/** A call that was answered: its address with `{id}` for each id, and the decoded form. */
export type AnsweredCall = { address: string; params: FormObject; status: number; answer: unknown }

export type Watch = { call(call: AnsweredCall): void; event(event: StripeEvent): void }

export type Emulator = {
  /** Where a browser reaches the hosted page; no trailing slash. */
  publicUrl: string
  /** Seconds since the epoch. */
  now(): number
  store: Store
  events: EventLog
  webhooks: WebhookDelivery
  faults: FaultList
  idempotency: IdempotencyKeys
  requests: RequestLog
  /** How long every API call takes before it has its effect. */
  latencyMs: number
  log(line: string): void
  watch: Watch | undefined
}
