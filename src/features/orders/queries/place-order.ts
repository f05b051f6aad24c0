import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { claimEvent, type EventRecord, linkEventToOrder } from '../../../db/webhook-events.ts'
import type { OrderAddress, PaidSession } from '../paid-session.ts'

/** Ids and codes that the Worker makes, so that statements can refer to one another without reading back. */
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

const insertAddress = (
  table: 'order_shipping_addresses' | 'order_billing_addresses',
  orderId: string,
  a: OrderAddress,
): SQL => sql`
  INSERT INTO ${sql.identifier(table)} (order_id, name, phone, line1, line2, city, state, postal_code, country)
  VALUES (${orderId}, ${a.name}, ${a.phone}, ${a.line1}, ${a.line2}, ${a.city}, ${a.state}, ${a.postalCode}, ${a.country})`

/** Whom the order is confirmed to: a member at the account's address, a guest at the one given to Stripe. */
const recipient = (paid: PaidSession): SQL =>
  sql`CASE WHEN c.member_id IS NULL THEN ${paid.email}::text ELSE coalesce(c.email, ${paid.email}::text) END`

/** The order itself and everything that is copied from the checkout's snapshot. */
function orderStatements({ paid, ids, initialStatus, now }: PlaceOrderInput): SQL[] {
  const { orderId } = ids
  const at = now.toISOString()
  return [
    sql`INSERT INTO prospects (id, email, name, pr_cd, comment, first_seen_at)
      SELECT ${ids.prospectId}::uuid, ${paid.email}, ${paid.name}, ${ids.prospectCode}, ${`First bought with order ${ids.identifier}`}, ${at}
      FROM checkouts WHERE id = ${paid.checkoutId} AND member_id IS NULL
      ON CONFLICT (lower(email)) DO NOTHING`,
    sql`INSERT INTO orders (id, identifier, checkout_id, member_id, prospect_id, email, customer_name, locale, currency,
        item_subtotal_amount, item_discount_amount, shipping_amount, shipping_discount_amount, tax_amount, total_amount,
        terms_of_sale_version, agreed_with_terms_at, placed_at)
      SELECT ${orderId}::uuid, ${ids.identifier}, c.id, c.member_id,
        CASE WHEN c.member_id IS NULL THEN (SELECT p.id FROM prospects p WHERE lower(p.email) = lower(${paid.email})) END,
        ${recipient(paid)}, ${paid.name}, c.locale, c.currency,
        c.item_subtotal_amount, c.item_discount_amount, c.shipping_amount, c.shipping_discount_amount,
        ${paid.taxAmount}::integer, ${paid.totalAmount}::integer, c.terms_of_sale_version, c.agreed_with_terms_at, ${at}
      FROM checkouts c WHERE c.id = ${paid.checkoutId}`,
    sql`INSERT INTO order_payments (order_id, stripe_payment_intent_id, stripe_session_id, stripe_customer_id,
        payment_method_type, amount, currency, paid_at)
      VALUES (${orderId}, ${paid.paymentIntentId}, ${paid.sessionId}, ${paid.customerId}, ${paid.paymentMethodType},
        ${paid.totalAmount}, ${paid.currency}, ${at})`,
    insertAddress('order_shipping_addresses', orderId, paid.shippingAddress),
    insertAddress('order_billing_addresses', orderId, paid.billingAddress),
    sql`INSERT INTO order_items (order_id, sku_id, product_id, product_slug, title, description, position, quantity,
        unit_amount, discount_amount, line_total_amount)
      SELECT ${orderId}::uuid, sku_id, product_id, product_slug, title, description, position, quantity,
        unit_amount, discount_amount, line_total_amount
      FROM checkout_items WHERE checkout_id = ${paid.checkoutId}`,
    sql`INSERT INTO order_discounts (order_id, discount_code_id, code, kind, description, amount)
      SELECT ${orderId}::uuid, discount_code_id, code, kind, description, amount
      FROM checkout_discounts WHERE checkout_id = ${paid.checkoutId}`,
    sql`INSERT INTO order_statuses (order_id, status, created_at) VALUES (${orderId}, ${initialStatus}, ${at})`,
    sql`INSERT INTO order_shipping_methods (order_id, shipping_method_id, name, carrier, amount, tracking_url_template)
      SELECT ${orderId}::uuid, shipping_method_id, shipping_method_name, shipping_carrier, shipping_amount, tracking_url_template
      FROM checkouts WHERE id = ${paid.checkoutId}`,
  ]
}

/** Turns the reservation into a sale. A checkout whose reservation was released books from free stock instead. */
function bookingStatements(checkoutId: string): SQL[] {
  return [
    sql`SELECT id FROM discount_codes WHERE id IN (SELECT discount_code_id FROM checkout_discounts WHERE checkout_id = ${checkoutId})
      ORDER BY id FOR NO KEY UPDATE`,
    sql`UPDATE discount_codes d
      SET reserved_count = d.reserved_count - CASE WHEN c.status IN ('open', 'processing') THEN 1 ELSE 0 END,
        redeemed_count = d.redeemed_count + 1
      FROM checkout_discounts cd JOIN checkouts c ON c.id = cd.checkout_id
      WHERE cd.checkout_id = ${checkoutId} AND d.id = cd.discount_code_id
        AND (c.status IN ('open', 'processing') OR d.redemption_limit IS NULL
          OR d.reserved_count + d.redeemed_count < d.redemption_limit)`,
    sql`SELECT id FROM skus WHERE id IN (SELECT sku_id FROM checkout_items WHERE checkout_id = ${checkoutId})
      ORDER BY id FOR NO KEY UPDATE`,
    sql`UPDATE skus s
      SET on_hand = s.on_hand - i.quantity,
        reserved = s.reserved - CASE WHEN c.status IN ('open', 'processing') THEN i.quantity ELSE 0 END
      FROM checkout_items i JOIN checkouts c ON c.id = i.checkout_id
      WHERE i.checkout_id = ${checkoutId} AND s.id = i.sku_id`,
  ]
}

/**
 * Every statement of an order, for one batch. Locks are taken in the order checkout, discount codes, SKUs (by id), and
 * hot SKU rows last, so that they are held for one statement and the commit.
 * Raises `event_handled_once`, `checkout_exists`, `order_once_per_checkout`, `order_total_matches_payment`,
 * `payment_intent_once`, `payment_session_once`, `stock_never_oversold`.
 */
export function placeOrderStatements(db: Db, input: PlaceOrderInput) {
  const { paid, ids, now } = input
  const at = now.toISOString()
  const statements: SQL[] = [
    sql`SELECT id FROM checkouts WHERE id = ${paid.checkoutId} FOR NO KEY UPDATE`,
    sql`SELECT assert_that(EXISTS (SELECT 1 FROM checkouts WHERE id = ${paid.checkoutId}), 'checkout_exists'),
      assert_that(NOT EXISTS (SELECT 1 FROM orders WHERE checkout_id = ${paid.checkoutId}), 'order_once_per_checkout'),
      assert_that(EXISTS (SELECT 1 FROM checkouts WHERE id = ${paid.checkoutId} AND currency = ${paid.currency}
        AND total_amount + ${paid.taxAmount}::integer = ${paid.totalAmount}::integer), 'order_total_matches_payment')`,
    ...orderStatements(input),
    sql`INSERT INTO email_outbox (id, em_cd, order_id, to_address, request_id, next_sweep_at, created_at)
      SELECT ${ids.outboxId}::uuid,
        CASE WHEN member_id IS NULL THEN 'order_confirmation_prospect' ELSE 'order_confirmation_member' END,
        ${ids.orderId}::uuid, ${recipient(paid)}, ${input.requestId}, ${input.sweepEmailAt.toISOString()}, ${at}
      FROM checkouts c WHERE id = ${paid.checkoutId}`,
    ...bookingStatements(paid.checkoutId),
    sql`UPDATE checkouts SET status = 'complete', closed_at = ${at}, stripe_session_id = ${paid.sessionId}
      WHERE id = ${paid.checkoutId}`,
  ]
  const batch = statements.map((statement) => db.execute(statement))
  const [first, ...rest] = input.event
    ? [claimEvent(db, input.event, now), ...batch, linkEventToOrder(db, input.event.id, ids.orderId)]
    : batch
  if (first === undefined) throw new Error('an order has statements')
  return [first, ...rest] as const
}
