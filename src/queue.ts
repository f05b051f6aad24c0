import { createContext } from './context.ts'
import type { EmailMessage, RawEnv } from './env.ts'

export async function handleQueue(
  batch: MessageBatch<EmailMessage>,
  env: RawEnv,
  runtime: ExecutionContext,
): Promise<void> {
  const ctx = createContext(env, runtime, { requestId: crypto.randomUUID(), door: 'queue' })
  ctx.log.info('queue-batch', { queue: batch.queue, messages: batch.messages.length })
}
