import { createExecutionContext, createScheduledController, env, waitOnExecutionContext } from 'cloudflare:test'
import worker from '../../../src/index.ts'

/** One tick of cron; deferred work has ended when it returns. */
export async function tick(overrides: Record<string, unknown> = {}): Promise<void> {
  const runtime = createExecutionContext()
  await worker.scheduled(createScheduledController(), { ...env, ...overrides }, runtime)
  await waitOnExecutionContext(runtime)
}
