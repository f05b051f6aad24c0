import type { Ctx } from '../../context.ts'
import { sweepToQueue } from '../../sweep-to-queue.ts'
import { claimDueOutboxRows } from './queries/outbox.ts'

/** Sends emails that are due and unsent to the queue. Parallel sweeps claim different rows. Throws `database-unavailable`. */
export const sweepOutbox = (ctx: Ctx): Promise<void> =>
  sweepToQueue(ctx, {
    claim: (now, limit) => claimDueOutboxRows(ctx.db, now, limit),
    toMessage: (outboxId, requestId) => ({ type: 'send-email', outboxId, requestId }),
    log: { swept: 'email-outbox-swept', notQueued: 'email-sweep-not-queued' },
  })
