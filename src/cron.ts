import { createContext } from './context.ts'
import type { RawEnv } from './env.ts'

export async function handleScheduled(
  event: ScheduledController,
  env: RawEnv,
  runtime: ExecutionContext,
): Promise<void> {
  const ctx = createContext(env, runtime, { requestId: crypto.randomUUID(), door: 'cron' })
  ctx.log.info('cron-tick', { cron: event.cron })
}
