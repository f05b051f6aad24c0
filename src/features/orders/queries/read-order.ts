import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { PaymentState } from '../rules.ts'

export type PlacedOrder = { id: string; identifier: string; stripe_session_id: string }

/** A checkout's order: its ids and the Stripe session that paid for it. */
export const selectOrderOfCheckout = (db: Db, checkoutId: string) =>
  db.execute<PlacedOrder>(sql`
    SELECT o.id, o.identifier, p.stripe_session_id FROM orders o JOIN order_payments p ON p.order_id = o.id
    WHERE o.checkout_id = ${checkoutId}`)

type AddressRow = Record<
  'name' | 'phone' | 'line1' | 'line2' | 'city' | 'state' | 'postal_code' | 'country',
  string | null
>

/** A line as it was bought. `image_url` is a full URL, or a path for the shop's own images. */
export type OrderLineRow = {
  sku_id: string
  sku_code: string
  product_id: string | null
  product_slug: string | null
  title: string
  description: string
  color: string | null
  size: string | null
  image_url: string | null
  image_caption: string | null
  quantity: number
  unit_amount: number
  discount_amount: number
  line_total_amount: number
}

export type OrderRow = {
  identifier: string
  payment_state: PaymentState
  visitor_id: string | null
  member_id: string | null
  is_guest_order: boolean
  email: string
  customer_name: string | null
  currency: string
  item_subtotal_amount: number
  item_discount_amount: number
  shipping_amount: number
  shipping_discount_amount: number
  tax_amount: number
  tax_included: boolean
  total_amount: number
  terms_of_sale_version: string
  agreed_with_terms_at: string
  placed_at: string
  items: OrderLineRow[]
  discounts: {
    code: string
    kind: 'percent' | 'fixed' | 'free_shipping' | 'reduced_shipping'
    description: string
    amount: number
  }[]
  statuses: { status: string; label: string; note: string; created_at: string }[]
  shipping_address: AddressRow | null
  billing_address: AddressRow | null
  shipping_method: {
    name: string
    carrier: string
    amount: number
    tracking_number: string | null
    tracking_url_template: string | null
  } | null
  refunds: { amount: number; status: string; reason: string | null; created_at: string }[]
  payment: { amount: number; payment_method_type: string | null; paid_at: string } | null
}

/** Reads an order with all its parts, in one statement. */
export const selectOrder = (db: Db, identifier: string) =>
  db.execute<OrderRow>(sql`
    SELECT o.identifier, o.payment_state, c.visitor_id, o.member_id, c.member_id IS NULL AS is_guest_order, o.email,
      o.customer_name, o.currency,
      o.item_subtotal_amount, o.item_discount_amount, o.shipping_amount, o.shipping_discount_amount, o.tax_amount, o.tax_included,
      o.total_amount, o.terms_of_sale_version,
      to_json(o.agreed_with_terms_at) AS agreed_with_terms_at, to_json(o.placed_at) AS placed_at,
      (SELECT coalesce(json_agg(i ORDER BY i.position), '[]') FROM order_items i WHERE i.order_id = o.id) AS items,
      (SELECT coalesce(json_agg(d ORDER BY d.code), '[]') FROM (
        SELECT code, kind, description, amount FROM order_discounts WHERE order_id = o.id) d) AS discounts,
      (SELECT coalesce(json_agg(s ORDER BY s.id), '[]') FROM (
        SELECT os.id, os.status, t.label, os.note, os.created_at
        FROM order_statuses os JOIN order_status_types t ON t.code = os.status WHERE os.order_id = o.id) s) AS statuses,
      (SELECT row_to_json(a) FROM order_shipping_addresses a WHERE a.order_id = o.id) AS shipping_address,
      (SELECT row_to_json(a) FROM order_billing_addresses a WHERE a.order_id = o.id) AS billing_address,
      (SELECT row_to_json(m) FROM order_shipping_methods m WHERE m.order_id = o.id) AS shipping_method,
      (SELECT coalesce(json_agg(r ORDER BY r.created_at, r.id), '[]') FROM (
        SELECT id, amount, status, reason, created_at FROM order_refunds WHERE order_id = o.id) r) AS refunds,
      (SELECT row_to_json(p) FROM order_payments p WHERE p.order_id = o.id) AS payment
    FROM orders o JOIN checkouts c ON c.id = o.checkout_id
    WHERE o.identifier = ${identifier}`)
