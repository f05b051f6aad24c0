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
  summary: 'Export everything about the member as a file',
  description: 'The file is always complete: if Stripe does not answer, there is none.',
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
    'Closes the account at once; its username and address can be used again. Orders stay for bookkeeping, without ' +
    'personal data. 202 says that the deletion goes on by itself: Stripe did not answer, or a payment or an email is ' +
    'still on its way.',
  request: { body: { required: true, content: jsonContent(deleteAccountSchema) } },
  responses: {
    202: { description: 'The account is closed; the deletion goes on' },
    204: { description: 'Everything is deleted' },
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
    summary: 'Ask as a guest for a copy of the data under an email address, or for its erasure',
    description:
      'The answer is the same whether or not the shop knows the address. If it does, the address gets an email with a ' +
      'link that works once, within a day. The owner of an account gets an email that says to sign in instead.',
    policy: { access: 'anyone', limits: ['privacy-request-email', 'privacy-request-address'] },
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
    summary: 'Export or erase the data under an email address, with the token of the emailed link',
    description:
      'Orders stay for bookkeeping, without personal data. 202 says that a payment or an email is still on its way, and ' +
      'that the erasure goes on by itself.',
    request: { body: { required: true, content: jsonContent(confirmPrivacyRequestSchema) } },
    responses: {
      200: { description: 'The file `export.json`, for an export', content: jsonContent(guestExportSchema) },
      202: { description: 'The erasure goes on' },
      204: { description: 'Everything is erased' },
      ...problems('invalid-token'),
    },
  }),
  async (c) => {
    const outcome = await confirmPrivacyRequest(c.get('ctx'), c.req.valid('json'))
    if (outcome.kind === 'erasure') return c.body(null, outcome.done ? 204 : 202, PRIVATE)
    return c.json(outcome.file, 200, { ...PRIVATE, 'Content-Disposition': 'attachment; filename="export.json"' })
  },
)
