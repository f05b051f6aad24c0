import { z } from 'zod'
import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { money } from '../../shared/money.ts'
import { decodeCursor, toPage } from '../../shared/pagination.ts'
import { type OrderSummaryRow, selectOrdersOf } from './queries/order-list.ts'
import { toImage } from './order-view.ts'
import type { OrderList } from './schemas.ts'

const toSummary = (row: OrderSummaryRow, publicApiUrl: string): OrderList['items'][number] => ({
  identifier: row.identifier,
  status: row.status,
  status_label: row.label,
  payment_state: row.payment_state,
  placed_at: new Date(row.placed_at).toISOString(),
  total: money(row.total_amount, row.currency),
  item_count: row.item_count,
  items: row.items.map((item) => ({
    sku_id: item.sku_id,
    sku_code: item.sku_code,
    product_slug: item.product_slug,
    title: item.title,
    color: item.color,
    size: item.size,
    image: toImage(item, publicApiUrl),
    quantity: item.quantity,
  })),
})

/** A page of the caller's own orders, newest first. Throws `not-authenticated`, `session-ended`, `invalid-cursor`. */
export async function listOrders(
  ctx: Ctx,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<OrderList> {
  const { memberId } = requireMember(ctx.actor)
  const before = cursor === undefined ? null : decodeCursor(cursor, z.uuid())
  const { rows } = await runStatementAsCaller(ctx, () => selectOrdersOf(ctx.db, memberId, { limit, before }))
  const toItem = (row: OrderSummaryRow) => toSummary(row, ctx.env.PUBLIC_API_URL)
  return toPage<OrderSummaryRow, OrderList['items'][number]>(rows, limit, toItem, ({ id }) => id)
}
