import type { Ctx } from './context.ts'
import type { QueueMessage } from './env.ts'

/** What the platform takes in one `sendBatch`. */
const MESSAGES_PER_SEND = 100

/** Puts messages on the queue. Throws what the queue throws; earlier slices may already be on it. */
export async function sendToQueue(ctx: Pick<Ctx, 'env'>, messages: QueueMessage[]): Promise<void> {
  for (let start = 0; start < messages.length; start += MESSAGES_PER_SEND) {
    const slice = messages.slice(start, start + MESSAGES_PER_SEND)
    const [only] = slice
    if (slice.length === 1 && only) await ctx.env.EMAIL_QUEUE.send(only)
    else await ctx.env.EMAIL_QUEUE.sendBatch(slice.map((body) => ({ body })))
  }
}
