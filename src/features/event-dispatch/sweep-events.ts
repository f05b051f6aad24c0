import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sendToQueue } from '../../send-to-queue.ts'
import { claimDueEvents } from './queries.ts'

const ROWS_PER_ROUND = 100
const ROUNDS = 10

/**
 * Sends due events to the queue: those that it never got, and those whose attempt ended without an outcome. Parallel sweeps
 * claim different events. If the queue refuses, they are due again a minute later. Throws `database-unavailable`.
 */
export async function sweepEvents(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  let swept = 0
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await runStatement(() => claimDueEvents(ctx.db, ctx.now(), ROWS_PER_ROUND))
    if (rows.length === 0) break
    try {
      await sendToQueue(
        ctx,
        rows.map(({ id, requestId }) => ({
          type: 'dispatch-event',
          eventId: id,
          requestId: requestId ?? ctx.requestId,
        })),
      )
    } catch (error) {
      ctx.log.error('event-sweep-not-queued', { rows: rows.length, error })
      break
    }
    swept += rows.length
    if (rows.length < ROWS_PER_ROUND) break
  }
  if (swept > 0) ctx.log.info('events-swept', { rows: swept })
}
