import type { Ctx } from '../../context.ts'
import { sweepToQueue } from '../../sweep-to-queue.ts'
import { claimDueEvents } from './queries.ts'

/** Sends due events to the queue. Parallel sweeps claim different events. Throws `database-unavailable`. */
export const sweepEvents = (ctx: Ctx): Promise<void> =>
  sweepToQueue(ctx, {
    claim: (now, limit) => claimDueEvents(ctx.db, now, limit),
    toMessage: (eventId, requestId) => ({ type: 'dispatch-event', eventId, requestId }),
    log: { swept: 'events-swept', notQueued: 'event-sweep-not-queued' },
  })
