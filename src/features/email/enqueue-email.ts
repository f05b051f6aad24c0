import type { Ctx } from '../../context.ts'
import type { EmailMessage } from '../../env.ts'

/** What the platform takes in one `sendBatch`. */
const MESSAGES_PER_SEND = 100

/** Puts messages on the email queue. Throws what the queue throws; earlier slices may already be on it. */
export async function sendToEmailQueue(ctx: Ctx, messages: EmailMessage[]): Promise<void> {
  for (let start = 0; start < messages.length; start += MESSAGES_PER_SEND) {
    const slice = messages.slice(start, start + MESSAGES_PER_SEND)
    const [only] = slice
    if (slice.length === 1 && only) await ctx.env.EMAIL_QUEUE.send(only)
    else await ctx.env.EMAIL_QUEUE.sendBatch(slice.map((body) => ({ body })))
  }
}

/**
 * Tells the queue about outbox rows that have just been committed. Never throws: what the queue does not get, the
 * sweep sends again a minute later.
 */
export async function enqueueEmails(ctx: Ctx, outboxIds: string[]): Promise<void> {
  try {
    await sendToEmailQueue(
      ctx,
      outboxIds.map((outboxId) => ({ type: 'send-email', outboxId, requestId: ctx.requestId })),
    )
  } catch (error) {
    ctx.log.warn('email-not-queued', { outbox_ids: outboxIds, error })
  }
}
