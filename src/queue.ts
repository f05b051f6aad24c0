import { z } from 'zod'
import { createContext, type Ctx } from './context.ts'
import type { Delivery, QueueMessage, RawEnv } from './env.ts'
import { emailMessageSchema, handleDeadEmailMessage, handleEmailMessage } from './features/email/jobs.ts'
import { eventMessageSchema, handleDeadEventMessage, handleEventMessage } from './features/event-dispatch/jobs.ts'
import { newId } from './shared/ids.ts'

const DEAD_LETTER_SUFFIX = '-dead'

/** A Worker may have six connections at a time; each message needs one, to the database or to the mail server. */
const AT_ONCE = 5

const messageSchema: z.ZodType<QueueMessage> = z.discriminatedUnion('type', [emailMessageSchema, eventMessageSchema])

/** Hands each message of a batch to its job, and acknowledges or retries each message separately. */
export async function handleQueue(batch: MessageBatch, env: RawEnv, runtime: ExecutionContext): Promise<void> {
  const waiting = [...batch.messages]
  const handleNext = async () => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      await handleMessage(batch.queue, message, env, runtime)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, handleNext))
}

async function handleMessage(queue: string, message: Message, env: RawEnv, runtime: ExecutionContext): Promise<void> {
  const parsed = messageSchema.safeParse(message.body)
  const requestId = parsed.success ? parsed.data.requestId : newId()
  const name = parsed.success ? parsed.data.type : 'unknown'
  const ctx = createContext(env, runtime, { requestId, handler: 'queue', actor: { kind: 'job', name } })
  if (!parsed.success) {
    // The body is not logged, since it could contain anything. A retry would not help.
    ctx.log.error('queue-message-unknown', { queue, message_id: message.id, issues: parsed.error.issues.length })
    message.ack()
  } else {
    await handleKnown(ctx, parsed.data, message, { isDead: queue.endsWith(DEAD_LETTER_SUFFIX) })
  }
}

async function handleKnown(ctx: Ctx, body: QueueMessage, delivery: Delivery, { isDead }: { isDead: boolean }) {
  if (body.type === 'dispatch-event') {
    if (isDead) handleDeadEventMessage(ctx, body, delivery)
    else await handleEventMessage(ctx, body, delivery)
  } else if (isDead) {
    await handleDeadEmailMessage(ctx, body, delivery)
  } else {
    await handleEmailMessage(ctx, body, delivery)
  }
}
