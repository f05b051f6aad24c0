import Stripe from 'stripe'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { PaymentEvent, PaymentEventKind } from '../event.ts'
import type { StripeEnv } from './client.ts'
import { listPages } from './pages.ts'
import { toDate, toSeconds } from './values.ts'

/** How old a webhook call may be, so that a recorded one cannot be replayed later. */
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

/** The used parts of an event. `created` is in seconds, limited to what a Date can hold. */
const eventSchema = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().min(0).max(8_640_000_000_000),
  livemode: z.boolean().optional(),
  /** Present only in events of connected accounts. */
  account: z.string().nullish(),
  data: z.object({ object: z.looseObject({ id: z.string().optional() }) }),
})

/** Parses an event. Throws `validation-failed` for anything else. */
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
 * Checks the signature and age of a webhook call and parses its event. Throws `invalid-signature`, and
 * `validation-failed` for a signed body that is not an event.
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
 * The events from `since` to `until`, both inclusive and in whole seconds, oldest first. Stripe lists the newest first, so
 * if there are more than fit into `pages` pages of a hundred, the span is halved until they fit, and `restFrom` says where
 * the others begin. Throws `stripe-api-error`.
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
