import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { insertDefaultAddress } from './queries/default-address.ts'

/**
 * A member who wants the default address to be used, and has none yet, gets that of the order. Never replaces one that
 * was chosen. Throws `database-unavailable`.
 */
export async function keepDefaultAddress(ctx: Ctx, orderId: string): Promise<void> {
  await runStatement(() => insertDefaultAddress(ctx.db, orderId, ctx.now()))
}
