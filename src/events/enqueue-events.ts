import type { Ctx } from '../context.ts'
import { sendToQueue } from '../send-to-queue.ts'
import type { NewEvent } from './new-event.ts'

/** Sends the ids of committed events to the queue. Never throws: a minute later the sweep sends what the queue missed. */
async function enqueueEvents(ctx: Ctx, ids: string[]): Promise<void> {
  try {
    await sendToQueue(
      ctx,
      ids.map((eventId) => ({ type: 'dispatch-event', eventId, requestId: ctx.requestId })),
    )
  } catch (error) {
    ctx.log.warn('event-not-queued', { event_ids: ids, error })
  }
}

/**
 * After the answer, sends those events to the queue that the batch with these results has written and that have consumers.
 * Answers how many there are.
 */
export function enqueueWritten(ctx: Ctx, events: NewEvent[], results: readonly { rows: object[] }[]): number {
  const written = new Set(results.flatMap(({ rows }) => rows.map((row) => 'id' in row && row.id)))
  const ids = events.filter(({ id, nextSweepAt }) => nextSweepAt !== null && written.has(id)).map(({ id }) => id)
  if (ids.length > 0) ctx.defer('enqueue-event', () => enqueueEvents(ctx, ids))
  return ids.length
}
