import { createRoute, z } from '@hono/zod-openapi'
import type { Ctx } from '../context.ts'
import { pingDatabase } from '../db/ping.ts'
import { createRouter, jsonContent } from './router.ts'
import { within } from '../shared/within.ts'

const PATIENCE_MS = 2_000

const checkSchema = z.enum(['ok', 'failed'])
const healthSchema = z.object({ status: z.literal('ok') }).openapi('Health')
const readinessSchema = z
  .object({
    status: checkSchema,
    checks: z.object({ database: checkSchema, kv: checkSchema, queue: checkSchema }),
  })
  .openapi('Readiness')

async function check(ctx: Ctx, part: string, work: () => Promise<unknown>): Promise<z.infer<typeof checkSchema>> {
  try {
    await within(work(), PATIENCE_MS, part)
    return 'ok'
  } catch (error) {
    ctx.log.error('not-ready', { part, error })
    return 'failed'
  }
}

/** Asks every part that a purchase needs, each for two seconds at most. What is wrong with one stands in the log only. */
async function checkReadiness(ctx: Ctx): Promise<z.infer<typeof readinessSchema>> {
  const [database, kv, queue] = await Promise.all([
    check(ctx, 'database', () => pingDatabase(ctx.db)),
    check(ctx, 'kv', () => ctx.env.RATE_LIMIT_KV.get('readiness')),
    // A queue can only be asked by sending to it; its binding is there or the request would not have come this far.
    check(ctx, 'queue', () => ctx.env.EMAIL_QUEUE.metrics()),
  ])
  const checks = { database, kv, queue }
  return { status: Object.values(checks).includes('failed') ? 'failed' : 'ok', checks }
}

export const healthRoutes = createRouter()

const healthRoute = createRoute({
  operationId: 'checkHealth',
  method: 'get',
  path: '/healthz',
  tags: ['system'],
  summary: 'Whether the Worker runs and is configured',
  responses: { 200: { description: 'It does', content: jsonContent(healthSchema) } },
})

const readinessRoute = createRoute({
  operationId: 'checkReadiness',
  method: 'get',
  path: '/readyz',
  tags: ['system'],
  summary: 'Whether database, KV and queue can be reached',
  responses: {
    200: { description: 'All of them', content: jsonContent(readinessSchema) },
    503: { description: 'Not all of them', content: jsonContent(readinessSchema) },
  },
})

healthRoutes.openapi(healthRoute, (c) => c.json({ status: 'ok' as const }, 200))

healthRoutes.openapi(readinessRoute, async (c) => {
  const readiness = await checkReadiness(c.get('ctx'))
  return c.json(readiness, readiness.status === 'ok' ? 200 : 503)
})
