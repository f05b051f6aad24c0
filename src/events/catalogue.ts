import { z } from 'zod'

/** All that an event may hold: ids, codes, money, moments. Nothing here fits a name or an address. */
export const VALUES = {
  id: z.string().regex(/^[\w:.-]{1,255}$/),
  code: z.string().regex(/^[\w.-]{1,100}$/),
  /** In minor units of the currency beside it. */
  amount: z.int(),
  currency: z.string().regex(/^[a-z]{3}$/),
  moment: z.iso.datetime(),
} as const

const { id, code, amount, currency, moment } = VALUES

/** What takes an event up after its commit; `features/event-dispatch/consumers.ts` says what each does. */
export type ConsumerName = 'operator-email'

type Entry<Subject extends string, Shape extends z.ZodRawShape> = {
  /** Goes up when `data` changes its meaning. */
  version: number
  /** What its subject's id is the id of. */
  subject: Subject
  data: z.ZodObject<Shape, z.core.$strict>
  consumers: readonly ConsumerName[]
}

const entry = <const Subject extends string, Shape extends z.ZodRawShape>(
  subject: Subject,
  shape: Shape,
  consumers: readonly ConsumerName[] = [],
): Entry<Subject, Shape> => ({ version: 1, subject, data: z.strictObject(shape), consumers })

/** What comes with an alert, which the operators are emailed. */
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
 * Everything that can happen, by type. Customers' emails about orders and refunds are written beside their event, in the
 * same transaction.
 */
export const EVENTS = {
  'order-placed': entry('order', { order: id, total: amount, currency }),
  'order-refunded': entry('order', { order: id, refund: id, amount, currency }),
  'refund-failed': alerting('refund', { order: id, payment_intent: id, amount, currency }),
  /** A bank asks; no money is taken yet. */
  'inquiry-opened': alerting('inquiry', dispute),
  /** A bank takes the money back: a chargeback. */
  'dispute-opened': alerting('dispute', dispute),
  'payment-unmatched': alerting('checkout-session', {
    payment_intent: id.nullable(),
    checkout: id.nullable(),
    order: id.optional(),
    reason: code,
    amount,
    currency,
  }),
  /** The refund by which it was resolved has failed. */
  'unmatched-payment-reopened': alerting('checkout-session', { payment_intent: id, amount, currency }),
  'payment-event-failed': alerting('stripe-event', { code, event_type: code, object: id.nullable() }),
  /** Stripe does not know a session of ours. */
  'checkout-session-unknown': alerting('checkout-session', {}),
  /** A session was paid, no webhook told, and its order cannot be written. */
  'order-missed': alerting('checkout-session', { code }),
  'email-failed': entry('email', { failure: code }),
  'email-template-broken': alerting('email-template', { em_cd: code, fault: code }),
  'event-given-up': alerting('event', { type: code }),
} as const

export type EventType = keyof typeof EVENTS

export type SubjectKind = (typeof EVENTS)[EventType]['subject']

export type EventData<Type extends EventType> = z.input<(typeof EVENTS)[Type]['data']>

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENTS, type)
