import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatch, runStatement } from '../../db/transaction.ts'
import { isAppError } from '../../shared/errors.ts'
import {
  deleteExpired,
  forgetGuestsStatements,
  forbidSequentialScans,
  claimForgottenGuests,
} from './queries/expired-rows.ts'
import { GUEST_DAYS, RETENTION } from './retention.ts'

const DAY_MS = 24 * 60 * 60_000
/** How many rows of a table one tick of the cron trigger deletes; that is 288,000 a day. */
const ROWS_PER_TICK = 200
const GUESTS_PORTION = 20

const daysAgo = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS)

/** Deletes rows that are past their period of retention, a bounded number at a time. Safe to run twice at once. */
export async function forgetExpired(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const now = ctx.now()
  await deleteAllExpired(ctx, now)
  await forgetGuests(ctx, now)
}

/** Deletes in one batch; if that fails, table by table, so that one failing table does not hold up the others. */
async function deleteAllExpired(ctx: Ctx, now: Date): Promise<void> {
  const deleteFrom = (periods: readonly (typeof RETENTION)[number][]) =>
    runBatch(ctx.db, [
      forbidSequentialScans(ctx.db),
      ...periods.map((period) => deleteExpired(ctx.db, period, daysAgo(now, period.days), ROWS_PER_TICK)),
    ])
  try {
    await deleteFrom(RETENTION)
  } catch (error) {
    if (isAppError(error, 'database-unavailable')) throw error
    for (const period of RETENTION) {
      await deleteFrom([period]).catch((cause: unknown) =>
        ctx.log.error('sweep-failed', { sweep: 'retention', table: period.table, error: cause }),
      )
    }
  }
}

async function forgetGuests(ctx: Ctx, now: Date): Promise<void> {
  const before = daysAgo(now, GUEST_DAYS)
  const { rows } = await runStatement(() => claimForgottenGuests(ctx.db, before, now, GUESTS_PORTION))
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await runBatch(ctx.db, forgetGuestsStatements(ctx.db, ids, before, now))
  ctx.log.info('guests-forgotten', { guests: ids.length })
}
