import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { jsonArgument } from '../../../db/json-argument.ts'
import type { EventRecord } from '../../../db/webhook-events.ts'
import type { PaidSession } from '../paid-session.ts'

/** Ids and codes that the Worker makes, so that a caller who lost the answer knows its own order again. */
export type NewOrderIds = {
  orderId: string
  identifier: string
  prospectId: string
  prospectCode: string
  outboxId: string
}

export type PlaceOrderInput = {
  paid: PaidSession
  ids: NewOrderIds
  initialStatus: string
  requestId: string
  now: Date
  sweepEmailAt: Date
  event: EventRecord | undefined
}

/**
 * Writes an order whole; `src/db/functions/place_order.sql` does it.
 * Raises `event_handled_once`, `checkout_exists`, `session_is_the_checkouts_own`, `order_once_per_checkout`,
 * `order_currency_matches_payment`, `order_total_matches_payment`, `orders_identifier_unique`, `payment_intent_once`,
 * `payment_session_once`, `stock_never_oversold`.
 */
export const placeOrderStatement = (db: Db, { paid, ids, event, now, ...input }: PlaceOrderInput) =>
  db.execute(sql`SELECT place_order(${jsonArgument(paid)}, ${jsonArgument(ids)}, ${jsonArgument(event ?? null)},
    ${input.initialStatus}, ${input.requestId}, ${now.toISOString()}, ${input.sweepEmailAt.toISOString()})`)
