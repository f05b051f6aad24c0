import type { Ctx } from '../../context.ts'
import { sendToQueue } from '../../send-to-queue.ts'

/** Sends the ids of committed outbox rows to the queue. Never throws: a minute later the sweep sends what the queue missed. */
export async function enqueueEmails(ctx: Ctx, outboxIds: string[]): Promise<void> {
  try {
    await sendToQueue(
      ctx,
      outboxIds.map((outboxId) => ({ type: 'send-email', outboxId, requestId: ctx.requestId })),
    )
  } catch (error) {
    ctx.log.warn('email-not-queued', { outbox_ids: outboxIds, error })
  }
}
