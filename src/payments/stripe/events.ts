import Stripe from 'stripe'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { PaymentEvent, PaymentEventKind } from '../event.ts'
import type { StripeEnv } from './client.ts'
import { listPages } from './pages.ts'
import { toDate, toSeconds } from './values.ts'

/** How old a webhook call may be, against being sent again by whoever recorded it. */
const TOLERANCE_SECONDS = 300

const KINDS = new Map<string, PaymentEventKind>([
  ['checkout.session.completed', 'session-completed'],
  ['checkout.session.async_payment_succeeded', 'session-payment-succeeded'],
  ['checkout.session.async_payment_failed', 'session-payment-failed'],
  ['checkout.session.expired', 'session-expired'],
  ['refund.created', 'refund-changed'],
  ['refund.updated', 'refund-changed'],
  ['refund.failed', 'refund-changed'],
  ['charge.refunded', 'refund-changed'],
  ['charge.dispute.created', 'dispute-changed'],
  ['charge.dispute.updated', 'dispute-changed'],
  ['charge.dispute.closed', 'dispute-changed'],
])

const typesOf = (kinds: PaymentEventKind[]): string[] =>
  [...KINDS].filter(([, kind]) => kinds.includes(kind)).map(([type]) => type)

/** The parts of an event that are used; `created` in seconds, up to the last moment that a Date can hold. */
const eventSchema = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().min(0).max(8_640_000_000_000),
  livemode: z.boolean().optional(),
  /** Only in events of connected accounts. */
  account: z.string().nullish(),
  data: z.object({ object: z.looseObject({ id: z.string().optional() }) }),
})

/** Reads an event. Throws `validation-failed` for what is none. */
function readEvent({ STRIPE_SECRET_KEY: key }: StripeEnv, value: unknown): PaymentEvent {
  const event = eventSchema.safeParse(value)
  if (!event.success) throw new AppError('validation-failed', 'The body is not an event.', { cause: event.error })
  const { id, type, created, data, livemode, account } = event.data
  const isLiveKey = key.includes('_live_')
  return {
    id,
    type,
    kind: KINDS.get(type) ?? null,
    objectId: data.object.id ?? null,
    createdAt: toDate(created),
    isOurs: account == null && (livemode === undefined || livemode === isLiveKey),
  }
}

/** `body` is the raw text, `signature` the `Stripe-Signature` header. */
export type WebhookCall = { body: string; signature: string }

const cryptoProvider = Stripe.createSubtleCryptoProvider()

/**
 * Reads a webhook call from its raw body, once its signature and age are right. Throws `invalid-signature`, and
 * `validation-failed` for what is signed but no event.
 */
export async function verifyEvent(
  stripe: Stripe,
  env: StripeEnv,
  { body, signature }: WebhookCall,
): Promise<PaymentEvent> {
  const event: unknown = await stripe.webhooks
    .constructEventAsync(body, signature, env.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS, cryptoProvider)
    .catch((cause: unknown) => {
      throw new AppError('invalid-signature', 'The signature is not valid.', { cause })
    })
  return readEvent(env, event)
}

export type EventSpan = { kinds: PaymentEventKind[]; since: Date; until: Date; pages: number }

/**
 * The events of the whole seconds from `since` to `until`, both included, the oldest first. Stripe lists the newest first:
 * when there are more than `pages` pages of a hundred hold, the span is halved until its events are all there, and
 * `restFrom` says where the others begin. Throws `stripe-api-error`.
 */
export function listOldestEvents(
  stripe: Stripe,
  env: StripeEnv,
  { kinds, since, until, pages }: EventSpan,
): Promise<{ events: PaymentEvent[]; restFrom?: Date }> {
  const types = typesOf(kinds)
  const list = async (from: number, to: number): Promise<{ events: PaymentEvent[]; restFrom?: Date }> => {
    const canHalve = to - from > 1
    const { items, complete } = await listPages(
      (page) => stripe.events.list({ types, created: { gte: from, lt: to }, ...page }),
      canHalve ? pages : Number.POSITIVE_INFINITY,
    )
    if (complete) return { events: items.toReversed().map((event) => readEvent(env, event)) }
    const middle = Math.floor((from + to) / 2)
    return { restFrom: toDate(middle), ...(await list(from, middle)) }
  }
  return list(toSeconds(since), toSeconds(until) + 1)
}
