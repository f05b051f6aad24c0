import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { continueDeletion } from './continue-deletion.ts'
import { claimDueDeletions } from './queries/account-deletion.ts'

const BATCH = 20
/** After this long the sweep stops and leaves the rest to later ones, so that ticks do not pile up when Stripe is slow. */
const BUDGET_MS = 45_000

/** Continues deletions that are not done yet, a bounded number of them. Safe to run twice at once. */
export async function sweepDeletions(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const { rows } = await runStatement(() => claimDueDeletions(ctx.db, ctx.now(), BATCH))
  const endsAt = Date.now() + BUDGET_MS
  for (const row of rows) {
    if (Date.now() > endsAt) return ctx.log.warn('sweep-cut-short', { sweep: 'deletions', items: rows.length })
    const done = await continueDeletion(ctx, row)
    if (!done) ctx.log.warn('account-deletion-unfinished', { member_id: row.member_id, attempts: row.attempts })
  }
}
