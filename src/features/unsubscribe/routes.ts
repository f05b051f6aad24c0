import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { type Page, renderPage } from '../../http/page/layout.ts'
import { readWhole } from '../../http/request-body.ts'
import { createRoute, createRouter, problems } from '../../http/router.ts'
import { getShop } from '../shop/get-shop.ts'
import { askPage, donePage, PAGE_FIELD } from './routes/pages.ts'
import { unsubscribeQuerySchema } from './schemas.ts'
import { checkUnsubscribeToken, unsubscribe } from './unsubscribe.ts'

const path = '/v1/unsubscribe'
const tags = ['email']
const aPage = (description: string) => ({ description, content: { 'text/html': { schema: z.string() } } })

export const unsubscribeRoutes = createRouter()

/** Shows a page, without the shop's name and colours if its settings cannot be read: unsubscribing must still work. */
async function showPage(c: Context<AppEnv>, pageOf: (shopName: string) => Page): Promise<Response> {
  const ctx = c.get('ctx')
  const shop = await getShop(ctx).catch((error: unknown) => ctx.log.warn('page-without-settings', { error }))
  return renderPage(c, shop ?? undefined, pageOf(shop?.name ?? 'the shop'))
}

unsubscribeRoutes.openapi(
  createRoute({
    operationId: 'checkUnsubscribeToken',
    policy: { access: 'public', answers: 'page' },
    method: 'get',
    path,
    tags,
    summary: 'Show a page with a button that unsubscribes; by itself it changes nothing',
    request: { query: unsubscribeQuerySchema },
    responses: { 200: aPage('The page'), ...problems('invalid-token') },
  }),
  async (c) => {
    await checkUnsubscribeToken(c.get('ctx'), c.req.valid('query').token)
    return showPage(c, askPage)
  },
)

unsubscribeRoutes.openapi(
  createRoute({
    operationId: 'unsubscribe',
    method: 'post',
    path,
    tags,
    summary: 'Unsubscribe from marketing emails in one click, without signing in (RFC 8058)',
    description: 'Needs no cookie and no CSRF token and ignores the body: the token alone decides.',
    policy: {
      access: 'public',
      csrf: 'none',
      body: 'own',
      answers: 'page',
      // After a campaign, a mail provider sends thousands of these clicks from few addresses, each with a signed token.
      // A call without a valid token costs nothing.
      limits: 'none',
    },
    request: { query: unsubscribeQuerySchema },
    responses: {
      200: aPage('Done, when the button of the page was pressed'),
      204: { description: 'Done' },
      ...problems('invalid-token'),
    },
  }),
  async (c) => {
    await unsubscribe(c.get('ctx'), c.req.valid('query').token)
    const isForm = c.req.header('Content-Type')?.startsWith('application/x-www-form-urlencoded') ?? false
    // The page's form has this one field; the charset that the header names does not matter.
    const isFromPage =
      isForm && new URLSearchParams(new TextDecoder().decode(await readWhole(c.req.arrayBuffer()))).has(PAGE_FIELD)
    return isFromPage ? showPage(c, donePage) : c.body(null, 204)
  },
)
