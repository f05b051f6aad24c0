import { createRoute, createRouter, jsonContent, PRIVATE } from '../../http/router.ts'
import { getOperatorSession } from './get-operator-session.ts'
import { operatorSessionSchema } from './schemas.ts'

export function createOperatorsRoutes() {
  const routes = createRouter()
  routes.openapi(
    createRoute({
      policy: { access: 'operator' },
      operationId: 'getOperatorSession',
      method: 'get',
      path: '/v1/operators/session',
      tags: ['operators'],
      summary: 'Say which operator is signed in, and what they may do',
      responses: { 200: { description: 'The session', content: jsonContent(operatorSessionSchema()) } },
    }),
    (c) => c.json(getOperatorSession(c.get('ctx')), 200, PRIVATE),
  )
  return routes
}
