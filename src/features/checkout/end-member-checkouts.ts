import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { endCheckout } from './end-checkout.ts'
import { selectOpenCheckoutsOf } from './queries/read-checkout.ts'

/**
 * Ends every open checkout of a member at Stripe and releases its reservation; places the order of one that was paid.
 * Checkouts that wait for a bank debit stay. Throws `stripe-api-error`, and what `placeOrder` throws.
 */
export async function endMemberCheckouts(ctx: Ctx, memberId: string): Promise<void> {
  const { rows } = await runStatement(() => selectOpenCheckoutsOf(ctx.db, memberId))
  for (const row of rows) await endCheckout(ctx, row)
}
