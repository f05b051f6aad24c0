import { createRoute, z } from '@hono/zod-openapi'
import { whole } from '../../http/request-body.ts'
import { createRouter, problems } from '../../http/router.ts'
import { askPage, donePage, PAGE_FIELD, PAGE_POLICY } from './page.ts'
import { unsubscribeQuerySchema } from './schemas.ts'
import { checkUnsubscribeToken, unsubscribe } from './unsubscribe.ts'

const HTML = { 'Content-Security-Policy': PAGE_POLICY }

const path = '/v1/unsubscribe'
const tags = ['email']
const aPage = (description: string) => ({ description, content: { 'text/html': { schema: z.string() } } })

export const unsubscribeRoutes = createRouter()

unsubscribeRoutes.openapi(
  createRoute({
    operationId: 'checkUnsubscribeToken',
    method: 'get',
    path,
    tags,
    summary: 'A page with a button that unsubscribes; changes nothing',
    request: { query: unsubscribeQuerySchema },
    responses: { 200: aPage('The page'), ...problems('invalid-token') },
  }),
  async (c) => {
    await checkUnsubscribeToken(c.get('ctx'), c.req.valid('query').token)
    return c.html(askPage(), 200, HTML)
  },
)

unsubscribeRoutes.openapi(
  createRoute({
    operationId: 'unsubscribe',
    method: 'post',
    path,
    tags,
    summary: 'Take the recipient of an email off all letters, in one click and without signing in (RFC 8058)',
    description: 'Needs no cookie and no CSRF token, and takes a body of any type: the token says it all.',
    request: { query: unsubscribeQuerySchema },
    responses: {
      200: aPage('Done, for the form of the page'),
      204: { description: 'Done' },
      ...problems('invalid-token'),
    },
  }),
  async (c) => {
    await unsubscribe(c.get('ctx'), c.req.valid('query').token)
    const isForm = c.req.header('Content-Type')?.startsWith('application/x-www-form-urlencoded') ?? false
    // Read as text: whatever its charset is said to be, the form of the page has this one field.
    const isFromPage = isForm && new URLSearchParams(await whole(c.req.text())).has(PAGE_FIELD)
    return isFromPage ? c.html(donePage(), 200, HTML) : c.body(null, 204)
  },
)
