import { z } from '@hono/zod-openapi'
import { createRoute, createRouter, jsonContent } from './router.ts'

const healthSchema = z.object({ status: z.literal('ok') }).openapi('Health')

export const healthRoutes = createRouter()

const healthRoute = createRoute({
  policy: { access: 'public' },
  operationId: 'checkHealth',
  method: 'get',
  path: '/healthz',
  tags: ['system'],
  summary: 'Say whether the Worker runs and is configured',
  responses: { 200: { description: 'The Worker runs', content: jsonContent(healthSchema) } },
})

healthRoutes.openapi(healthRoute, (c) => c.json({ status: 'ok' as const }, 200))
