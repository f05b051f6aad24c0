import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import type { BillingHistory } from '../../payments/customer.ts'
import { type ExportedData, selectEverything } from './queries/account-export.ts'

export type AccountExport = {
  exported_at: string
  member_id: string
  account: ExportedData
  /** Null for a member who has never been a customer at Stripe. */
  billing: BillingHistory | null
}

/**
 * Everything about the caller: what the shop holds, read in one round trip, and Stripe's billing history. Throws
 * `stripe-api-error` when Stripe does not answer, rather than export only a part; `session-ended`.
 */
export async function exportAccount(ctx: Ctx): Promise<AccountExport> {
  const { memberId } = requireMember(ctx.actor)
  const { rows } = await runStatementAsCaller(ctx, () => selectEverything(ctx.db, memberId))
  const account = rows[0]?.data
  if (account === undefined) throw new Error('an export has one row')
  const customer = account.profile?.['stripe_customer_id']
  return {
    exported_at: ctx.now().toISOString(),
    member_id: memberId,
    account,
    billing: typeof customer === 'string' ? await ctx.payments.readBillingHistory(customer) : null,
  }
}
