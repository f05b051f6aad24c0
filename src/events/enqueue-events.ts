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
 * Answers how many it has written, with or without consumers.
 */
export function enqueueWritten(ctx: Ctx, events: NewEvent[], results: readonly { rows: object[] }[]): number {
  const answered = new Set(results.flatMap(({ rows }) => rows.map((row) => 'id' in row && row.id)))
  const written = events.filter(({ id }) => answered.has(id))
  const ids = written.filter(({ nextSweepAt }) => nextSweepAt !== null).map(({ id }) => id)
  if (ids.length > 0) ctx.defer('enqueue-event', () => enqueueEvents(ctx, ids))
  return written.length
}
