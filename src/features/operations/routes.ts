import { createRoute, createRouter, jsonContent } from '../../http/router.ts'
import { checkReadiness } from './check-readiness.ts'
import { readinessSchema } from './schemas.ts'

export const operationsRoutes = createRouter()

const readinessRoute = createRoute({
  policy: { access: 'public' },
  operationId: 'checkReadiness',
  method: 'get',
  path: '/readyz',
  tags: ['system'],
  summary: 'Say whether the shop can sell: database, KV and queue answer, and nothing that a sale needs is missing',
  responses: {
    200: { description: 'It can', content: jsonContent(readinessSchema) },
    503: { description: 'It cannot; `checks` and `problems` say why', content: jsonContent(readinessSchema) },
  },
})

operationsRoutes.openapi(readinessRoute, async (c) => {
  const readiness = await checkReadiness(c.get('ctx'))
  return c.json(readiness, readiness.status === 'ok' ? 200 : 503)
})
