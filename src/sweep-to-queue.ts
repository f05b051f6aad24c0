import { requireJob } from './actor.ts'
import type { Ctx } from './context.ts'
import { runStatement } from './db/transaction.ts'
import type { QueueMessage } from './env.ts'
import { sendToQueue } from './send-to-queue.ts'

const ROWS_PER_ROUND = 100
const ROUNDS = 10

/** A row that is due, and the request that wrote it. */
type DueRow = { id: string; requestId: string | null }

type Sweep = {
  /** Claims at most `limit` due rows, so that a parallel sweep claims others and these are due again a minute later. */
  claim: (now: Date, limit: number) => PromiseLike<DueRow[]>
  toMessage: (id: string, requestId: string) => QueueMessage
  /** What the log calls the end of the sweep, and a queue that refuses. */
  log: { swept: string; notQueued: string }
}

/**
 * Sends at most 1,000 due rows to the queue: those that it never got, and those whose attempt ended without an outcome.
 * If the queue refuses, they are due again a minute later. Throws `database-unavailable`.
 */
export async function sweepToQueue(ctx: Ctx, { claim, toMessage, log }: Sweep): Promise<void> {
  requireJob(ctx.actor)
  let swept = 0
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await runStatement(() => claim(ctx.now(), ROWS_PER_ROUND))
    if (rows.length === 0) break
    try {
      await sendToQueue(
        ctx,
        rows.map(({ id, requestId }) => toMessage(id, requestId ?? ctx.requestId)),
      )
    } catch (error) {
      ctx.log.error(log.notQueued, { rows: rows.length, error })
      break
    }
    swept += rows.length
    if (rows.length < ROWS_PER_ROUND) break
  }
  if (swept > 0) ctx.log.info(log.swept, { rows: swept })
}
