import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { verifyOrderToken } from '../../shared/order-token.ts'
import { type OrderRow, selectOrder } from './queries/read-order.ts'

/**
 * An order for its buyer: by the signed link of the confirmation email, or by the cookie that bought it as
 * a guest, whoever's account it has joined since.
 * Throws `not-found` to anyone else, so that nobody learns which orders exist.
 */
export async function getOrder(
  ctx: Ctx,
  { identifier, token }: { identifier: string; token?: string | undefined },
): Promise<OrderRow> {
  const { rows } = await runStatementAsCaller(ctx, () => selectOrder(ctx.db, identifier))
  const order: OrderRow | undefined = rows[0]
  const { memberId, visitorId } = ctx.actor
  const allowed =
    order !== undefined &&
    ((memberId !== null && order.member_id === memberId) ||
      (order.is_guest_order && visitorId !== null && order.visitor_id === visitorId) ||
      (token !== undefined && (await verifyOrderToken(ctx.env.SIGNING_SECRET, identifier, token))))
  if (!allowed) throw new AppError('not-found', 'There is no such order.')
  return order
}
