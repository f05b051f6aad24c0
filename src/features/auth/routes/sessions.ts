import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../../http/router.ts'
import { clearSessionCookies } from '../../../http/session.ts'
import { pageQuerySchema } from '../../../shared/pagination.ts'
import { endOwnSession } from '../end-own-session.ts'
import { listSessions } from '../list-sessions.ts'
import * as schemas from '../schemas.ts'

export const sessionRoutes = createRouter()

sessionRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/account/sessions',
    operationId: 'listSessions',
    summary: 'Where the member is signed in, newest first',
    tags: ['auth'],
    policy: { access: 'member' },
    request: { query: pageQuerySchema },
    responses: {
      200: { description: 'Sessions', content: jsonContent(schemas.sessionPageSchema) },
      ...problems('invalid-cursor'),
    },
  }),
  async (c) => c.json(await listSessions(c.get('ctx'), c.req.valid('query')), 200, PRIVATE),
)

sessionRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/account/sessions/{id}',
    operationId: 'endOwnSession',
    summary: "End one of the member's sessions, at once",
    tags: ['auth'],
    policy: { access: 'member' },
    request: { params: schemas.sessionIdParamSchema },
    responses: {
      204: { description: 'It has ended' },
      ...problems('not-found'),
    },
  }),
  async (c) => {
    if (await endOwnSession(c.get('ctx'), c.req.valid('param').id)) clearSessionCookies(c)
    return c.body(null, 204)
  },
)
