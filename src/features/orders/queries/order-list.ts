import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { PaymentState } from '../rules.ts'
import type { OrderLineRow } from './read-order.ts'

export type OrderSummaryRow = {
  id: string
  identifier: string
  status: string
  label: string
  payment_state: PaymentState
  placed_at: string
  total_amount: number
  currency: string
  item_count: number
  items: OrderLineRow[]
}

/** A member's orders before `before` (an order's id), newest first: up to one more than `limit`, to see a next page. */
export const selectOrdersOf = (db: Db, memberId: string, { limit, before }: { limit: number; before: string | null }) =>
  db.execute<OrderSummaryRow>(sql`
    SELECT o.id, o.identifier, coalesce(current.status, '') AS status, coalesce(current.label, '') AS label,
      to_json(o.placed_at) AS placed_at, o.payment_state, o.total_amount, o.currency,
      lines.count AS item_count, lines.items
    FROM orders o
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(i.quantity), 0)::integer AS count, coalesce(json_agg(i ORDER BY i.position), '[]') AS items
      FROM order_items i WHERE i.order_id = o.id) lines
    LEFT JOIN LATERAL (
      SELECT s.status, t.label FROM order_statuses s JOIN order_status_types t ON t.code = s.status
      WHERE s.order_id = o.id ORDER BY s.id DESC LIMIT 1) current ON true
    WHERE o.member_id = ${memberId} AND (${before}::uuid IS NULL OR o.id < ${before}::uuid)
    ORDER BY o.id DESC LIMIT ${limit + 1}`)
