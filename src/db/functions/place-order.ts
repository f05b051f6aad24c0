import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { jsonArgument } from '../json-argument.ts'
import type { events } from '../schema/events.ts'
import type { orderBillingAddresses, orderShippingAddresses } from '../schema/orders.ts'
import type { EventRecord } from '../webhook-events.ts'

type AddressOf<Table extends { $inferSelect: object }> = Omit<Table['$inferSelect'], 'id' | 'orderId'>

/** An address from Stripe, with the columns of both tables of addresses. */
export type OrderAddress = AddressOf<typeof orderShippingAddresses> & AddressOf<typeof orderBillingAddresses>

/** What an order takes from Stripe; everything else comes from the checkout's snapshot. */
export type PaidSession = {
  checkoutId: string
  sessionId: string
  /** Identifies the checkout's own session before its id is stored. */
  fingerprint: string | null
  paymentIntentId: string | null
  customerId: string | null
  paymentMethodType: string | null
  email: string
  name: string | null
  totalAmount: number
  taxAmount: number
  currency: string
  shippingAddress: OrderAddress
  billingAddress: OrderAddress
}

/** Ids and codes that the Worker makes, so that a caller who lost the answer recognises its own order. */
export type NewOrderIds = {
  orderId: string
  identifier: string
  prospectId: string
  prospectCode: string
  outboxId: string
}

/**
 * What differs between members and guests: `emCd` is the confirmation's template; `address` is the order's address, which
 * the confirmation goes to ('account': the checkout's, if it has one, else the payment's); `comment` is for a new prospect.
 */
export type OrderByBuyer = {
  member: { emCd: string; address: 'account' | 'payment' }
  guest: { emCd: string; address: 'account' | 'payment'; comment: string }
}

/** The event `order-placed`, with the columns of its table. */
type PlacedEvent = Pick<
  typeof events.$inferSelect,
  | 'id'
  | 'type'
  | 'version'
  | 'subjectKind'
  | 'subjectId'
  | 'data'
  | 'requestId'
  | 'occurredAt'
  | 'consumers'
  | 'nextSweepAt'
>

export type NewOrder = {
  paid: PaidSession
  ids: NewOrderIds
  /** The webhook event that led here, if any. */
  webhookEvent: EventRecord | null
  /** A code of `order_status_types`. */
  initialStatus: string
  requestId: string
  now: Date
  sweepEmailAt: Date
  byBuyer: OrderByBuyer
  placedEvent: PlacedEvent
}

/**
 * Writes an order with all its parts.
 * Raises `event_handled_once`, `checkout_exists`, `session_is_the_checkouts_own`, `order_once_per_checkout`,
 * `payment_unresolved`, `order_currency_matches_payment`, `order_total_matches_payment`, `orders_identifier_unique`,
 * `payment_intent_once`, `payment_session_once`, `stock_never_oversold`.
 */
export const placeOrderStatement = (db: Db, { paid, ids, now, byBuyer, ...order }: NewOrder) =>
  db.execute(sql`SELECT place_order(${jsonArgument(paid)}, ${jsonArgument(ids)}, ${jsonArgument(order.webhookEvent)},
    ${order.initialStatus}, ${order.requestId}, ${now.toISOString()}, ${order.sweepEmailAt.toISOString()},
    ${jsonArgument(byBuyer)}, ${jsonArgument(order.placedEvent)})`)
