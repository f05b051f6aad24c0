import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { later } from '../../shared/later.ts'
import { retryAlertEmails } from './queries.ts'

const DAY_MS = 24 * 60 * 60_000

/**
 * Sends the email about an open alert again, a day after it was given up, until an operator resolves the alert: otherwise
 * nobody would know of it. An email that was perhaps accepted is sent again too. Throws `database-unavailable`.
 */
export async function sweepAlertEmails(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const now = ctx.now()
  const { rows } = await runStatement(() => retryAlertEmails(ctx.db, later(now, -DAY_MS), now))
  for (const { emails, events } of rows)
    if (emails + events > 0) ctx.log.warn('alert-emails-retried', { emails, events })
}
