import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { insertDefaultAddress } from './queries/default-address.ts'

/**
 * Makes the order's address the default address of a member who uses one and has none. Throws `database-unavailable`.
 */
export async function keepDefaultAddress(ctx: Ctx, orderId: string): Promise<void> {
  await runStatement(() => insertDefaultAddress(ctx.db, orderId, ctx.now()))
}
