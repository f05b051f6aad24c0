import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { clearSessionCookies } from '../../http/session.ts'
import { confirmPrivacyRequest } from './confirm-privacy-request.ts'
import { createPrivacyRequest } from './create-privacy-request.ts'
import { deleteAccount } from './delete-account.ts'
import { exportAccount } from './export-account.ts'
import {
  accountExportSchema,
  confirmPrivacyRequestSchema,
  deleteAccountSchema,
  guestExportSchema,
  privacyRequestSchema,
} from './schemas.ts'

export const privacyRoutes = createRouter()

const exportAccountRoute = createRoute({
  policy: { access: 'member', limits: ['export-account'] },
  operationId: 'exportAccount',
  method: 'get',
  path: '/v1/account/export',
  tags: ['account'],
  summary: 'Everything about the member, as a file',
  description: 'Complete or nothing: without an answer from Stripe there is no file.',
  responses: {
    200: { description: 'The file `account-export-<id>.json`', content: jsonContent(accountExportSchema) },
    ...problems('stripe-api-error'),
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
  policy: { access: 'member', limits: ['delete-account'] },
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

privacyRoutes.openapi(
  createRoute({
    operationId: 'createPrivacyRequest',
    method: 'post',
    path: '/v1/privacy/requests',
    tags: ['privacy'],
    summary: 'Ask as a guest for a copy of what is known under an email address, or for its erasure',
    description:
      'The answer is the same whether or not the shop knows the address. If it does, a link goes there that is good ' +
      'once, for a day; to the owner of an account goes an email that says to sign in.',
    policy: { access: 'anyone', limits: ['privacy-request-login', 'privacy-request-address'] },
    request: { body: { required: true, content: jsonContent(privacyRequestSchema) } },
    responses: { 202: { description: 'If the address is known, an email is on its way' } },
  }),
  (c) => {
    createPrivacyRequest(c.get('ctx'), c.req.valid('json'))
    return c.body(null, 202)
  },
)

privacyRoutes.openapi(
  createRoute({
    operationId: 'confirmPrivacyRequest',
    policy: { access: 'anyone' },
    method: 'post',
    path: '/v1/privacy/requests/confirm',
    tags: ['privacy'],
    summary: 'Get the copy or the erasure that the emailed link is for',
    description:
      'Orders stay for the books, without personal data. With 202 a payment or an email is still on its way; the rest ' +
      'ends by itself.',
    request: { body: { required: true, content: jsonContent(confirmPrivacyRequestSchema) } },
    responses: {
      200: { description: 'The file `export.json`, of an export', content: jsonContent(guestExportSchema) },
      202: { description: 'The erasure is under way' },
      204: { description: 'All is erased' },
      ...problems('invalid-token'),
    },
  }),
  async (c) => {
    const outcome = await confirmPrivacyRequest(c.get('ctx'), c.req.valid('json'))
    if (outcome.kind === 'erasure') return c.body(null, outcome.done ? 204 : 202, PRIVATE)
    return c.json(outcome.file, 200, { ...PRIVATE, 'Content-Disposition': 'attachment; filename="export.json"' })
  },
)
