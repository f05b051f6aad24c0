import { createRoute } from '@hono/zod-openapi'
import { membersOnly } from '../../http/members-only.ts'
import { limitDeleteAccount, limitExport } from '../../http/rate-limit/route-limits.ts'
import { createRouter, jsonContent, problems } from '../../http/router.ts'
import { clearSessionCookies } from '../../http/session.ts'
import { deleteAccount } from './delete-account.ts'
import { exportAccount } from './export-account.ts'
import { accountExportSchema, deleteAccountSchema } from './schemas.ts'

export const privacyRoutes = createRouter()

const exportAccountRoute = createRoute({
  ...membersOnly(limitExport),
  operationId: 'exportAccount',
  method: 'get',
  path: '/v1/account/export',
  tags: ['account'],
  summary: 'Everything about the member, as a file',
  description: 'Complete or nothing: without an answer from Stripe there is no file.',
  responses: {
    200: { description: 'The file `account-export-<id>.json`', content: jsonContent(accountExportSchema) },
    ...problems('rate-limited', 'stripe-api-error'),
  },
})

privacyRoutes.openapi(exportAccountRoute, async (c) => {
  const everything = await exportAccount(c.get('ctx'))
  return c.json(everything, 200, {
    'Content-Disposition': `attachment; filename="account-export-${everything.member_id}.json"`,
    'Cache-Control': 'private, no-store',
  })
})

const deleteAccountRoute = createRoute({
  ...membersOnly(limitDeleteAccount),
  operationId: 'deleteAccount',
  method: 'post',
  path: '/v1/account/delete',
  tags: ['account'],
  summary: 'Delete the account for good',
  description:
    'The account is closed at once and its username and address are free again. Orders stay for the books, without ' +
    'personal data. With 202 some of it is still under way (Stripe did not answer, a payment or an email is on its ' +
    'way) and ends by itself.',
  request: { body: { required: true, content: jsonContent(deleteAccountSchema) } },
  responses: {
    202: { description: 'Closed; the rest is under way' },
    204: { description: 'Everything is gone' },
    ...problems('invalid-credentials'),
  },
})

privacyRoutes.openapi(deleteAccountRoute, async (c) => {
  const { done } = await deleteAccount(c.get('ctx'), c.req.valid('json'))
  clearSessionCookies(c)
  return c.body(null, done ? 204 : 202, { 'Cache-Control': 'no-store' })
})
