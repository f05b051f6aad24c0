import { z } from 'zod'
import { type Ctx, memberIdOf } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { money } from '../../shared/money.ts'
import { decodeCursor, toPage } from '../../shared/pagination.ts'
import { type OrderSummaryRow, selectOrdersOf } from './queries/list-orders.ts'
import type { OrderList } from './schemas.ts'

const toSummary = (row: OrderSummaryRow): OrderList['items'][number] => ({
  identifier: row.identifier,
  status: row.status,
  status_label: row.label,
  placed_at: new Date(row.placed_at).toISOString(),
  total: money(row.total_amount, row.currency),
  item_count: row.item_count,
})

/** A page of the caller's own orders, the newest first. Throws `not-authenticated`, `session-ended`, `invalid-cursor`. */
export async function listOrders(
  ctx: Ctx,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<OrderList> {
  const memberId = memberIdOf(ctx.actor)
  const before = cursor === undefined ? null : decodeCursor(cursor, z.uuid())
  const { rows } = await runStatementAsCaller(ctx, () => selectOrdersOf(ctx.db, memberId, { limit, before }))
  return toPage<OrderSummaryRow, OrderList['items'][number]>(rows, limit, toSummary, ({ id }) => id)
}
