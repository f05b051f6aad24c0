import type { Ctx } from '../../context.ts'
import { sendToQueue } from '../../send-to-queue.ts'

/**
 * Tells the queue about outbox rows that have just been committed. Never throws: what the queue does not get, the
 * sweep sends again a minute later.
 */
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
