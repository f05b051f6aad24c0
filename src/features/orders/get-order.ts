import { requireShopper, shopperIds } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { checkOrderToken } from '../../shared/order-token.ts'
import { type OrderRow, selectOrder } from './queries/read-order.ts'

/**
 * An order for its buyer: the member, somebody with the signed link of the confirmation email, or the browser that bought
 * it as a guest, even if the order belongs to an account by now.
 * Throws `invalid-token` for a link that has expired, and `not-found` to anyone else, so that nobody learns which orders exist.
 */
export async function getOrder(
  ctx: Ctx,
  { identifier, token }: { identifier: string; token?: string | undefined },
): Promise<OrderRow> {
  const { memberId, visitorId } = shopperIds(requireShopper(ctx.actor))
  const { rows } = await runStatementAsCaller(ctx, () => selectOrder(ctx.db, identifier))
  const order: OrderRow | undefined = rows[0]
  const proof = token === undefined ? 'none' : await checkOrderToken(ctx.env, identifier, token, ctx.now())
  const allowed =
    order !== undefined &&
    ((memberId !== null && order.member_id === memberId) ||
      (order.is_guest_order && visitorId !== null && order.visitor_id === visitorId) ||
      proof === 'good')
  if (!allowed && proof === 'expired')
    throw new AppError('invalid-token', 'This link to the order is too old. Sign in, or ask the shop for another.')
  if (!allowed) throw new AppError('not-found', 'There is no such order.')
  return order
}
