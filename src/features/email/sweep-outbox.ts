import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sendToQueue } from '../../send-to-queue.ts'
import { claimDueOutboxRows } from './queries/outbox.ts'

const ROWS_PER_ROUND = 100
const ROUNDS = 10

/**
 * Sends emails that are due and unsent to the queue: those that it never got, and those whose attempt ended without an
 * outcome. Parallel sweeps claim different rows. If the queue refuses, the rows are due again a minute later. Throws
 * `database-unavailable`.
 */
export async function sweepOutbox(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  let swept = 0
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await runStatement(() => claimDueOutboxRows(ctx.db, ctx.now(), ROWS_PER_ROUND))
    if (rows.length === 0) break
    try {
      await sendToQueue(
        ctx,
        rows.map((row) => ({ type: 'send-email', outboxId: row.id, requestId: row.requestId ?? ctx.requestId })),
      )
    } catch (error) {
      ctx.log.error('email-sweep-not-queued', { rows: rows.length, error })
      break
    }
    swept += rows.length
    if (rows.length < ROWS_PER_ROUND) break
  }
  if (swept > 0) ctx.log.info('email-outbox-swept', { rows: swept })
}
