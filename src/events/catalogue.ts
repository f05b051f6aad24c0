import { z } from 'zod'

/** The types of values in an event: ids, codes, amounts and moments. None of them can hold an address, or more than one word. */
export const VALUES = {
  id: z.string().regex(/^[\w:.-]{1,255}$/),
  code: z.string().regex(/^[\w.-]{1,100}$/),
  /** In minor units of the currency beside it. */
  amount: z.int(),
  currency: z.string().regex(/^[a-z]{3}$/),
  moment: z.iso.datetime(),
} as const

const { id, code, amount, currency, moment } = VALUES

/** The consumers of events; `features/event-dispatch/consumers.ts` has their code. */
export type ConsumerName = 'operator-email'

type Entry<Subject extends string, Shape extends z.ZodRawShape> = {
  /** Rises when the meaning of `data` changes. */
  version: number
  /** What the subject's id identifies. */
  subject: Subject
  data: z.ZodObject<Shape, z.core.$strict>
  consumers: readonly ConsumerName[]
}

const entry = <const Subject extends string, Shape extends z.ZodRawShape>(
  subject: Subject,
  shape: Shape,
  consumers: readonly ConsumerName[] = [],
): Entry<Subject, Shape> => ({ version: 1, subject, data: z.strictObject(shape), consumers })

/** An event with an alert, which is emailed to the operators. */
const alerting = <const Subject extends string, Shape extends z.ZodRawShape>(subject: Subject, shape: Shape) =>
  entry(subject, shape, ['operator-email'])

const dispute = {
  payment_intent: id,
  order: id.nullable(),
  amount,
  currency,
  reason: code,
  evidence_due_by: moment.nullable(),
}

/**
 * All events by type. Customers' emails about orders and refunds are not consumers: they are written in the same
 * transaction as the event.
 */
export const EVENTS = {
  'order-placed': entry('order', { order: id, total: amount, currency }),
  'order-refunded': entry('order', { order: id, refund: id, amount, currency }),
  'refund-failed': alerting('refund', { order: id, payment_intent: id, amount, currency }),
  /** The customer's bank asks about a payment; it has taken no money yet. */
  'inquiry-opened': alerting('inquiry', dispute),
  /** The customer's bank takes the money back: a chargeback. */
  'dispute-opened': alerting('dispute', dispute),
  'payment-unmatched': alerting('checkout-session', {
    payment_intent: id.nullable(),
    checkout: id.nullable(),
    order: id.optional(),
    reason: code,
    amount,
    currency,
  }),
  /** The refund that had resolved the payment has failed. */
  'unmatched-payment-reopened': alerting('checkout-session', { payment_intent: id, amount, currency }),
  'payment-event-failed': alerting('stripe-event', { code, event_type: code, object: id.nullable() }),
  /** Stripe does not know one of our sessions. */
  'checkout-session-unknown': alerting('checkout-session', {}),
  /** A session was paid, no webhook came, and its order cannot be written. */
  'order-missed': alerting('checkout-session', { code }),
  'email-failed': entry('email', { failure: code }),
  'email-template-broken': alerting('email-template', { em_cd: code, fault: code }),
  'event-given-up': alerting('event', { type: code }),
} as const

export type EventType = keyof typeof EVENTS

export type SubjectKind = (typeof EVENTS)[EventType]['subject']

export type EventData<Type extends EventType> = z.input<(typeof EVENTS)[Type]['data']>

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENTS, type)
