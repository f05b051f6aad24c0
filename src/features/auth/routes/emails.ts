import { createRoute } from '@hono/zod-openapi'
import { membersOnly } from '../../../http/members-only.ts'
import { EMAIL_PATH, EMAIL_VERIFICATION_PATH } from '../../../http/paths.ts'
import { limitEmailVerification } from '../../../http/rate-limit/route-limits.ts'
import { createRouter, jsonContent, PRIVATE, problems } from '../../../http/router.ts'
import { changeEmail } from '../change-email.ts'
import { toMemberView } from '../member.ts'
import { resendVerification } from '../resend-verification.ts'
import * as schemas from '../schemas.ts'
import { verifyEmail } from '../verify-email.ts'

export const emailRoutes = createRouter()

emailRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/email/verify',
    operationId: 'verifyEmail',
    summary: 'Verify an email address by the emailed link',
    description: 'What was bought under the address without an account shows in the account from now on.',
    tags: ['auth'],
    request: { body: { content: jsonContent(schemas.verifyEmailSchema), required: true } },
    responses: {
      204: { description: 'The address is verified' },
      ...problems('invalid-token'),
    },
  }),
  async (c) => {
    await verifyEmail(c.get('ctx'), c.req.valid('json').token)
    return c.body(null, 204)
  },
)

emailRoutes.openapi(
  createRoute({
    method: 'post',
    path: EMAIL_VERIFICATION_PATH,
    operationId: 'resendVerification',
    summary: 'Have another link to verify the address emailed',
    tags: ['auth'],
    ...membersOnly(limitEmailVerification),
    responses: {
      202: { description: 'On its way, unless verified already' },
    },
  }),
  async (c) => {
    await resendVerification(c.get('ctx'))
    return c.body(null, 202)
  },
)

emailRoutes.openapi(
  createRoute({
    method: 'patch',
    path: EMAIL_PATH,
    operationId: 'changeEmail',
    summary: 'Change the email address; it has to be verified anew',
    tags: ['auth'],
    ...membersOnly(limitEmailVerification),
    request: { body: { content: jsonContent(schemas.changeEmailSchema), required: true } },
    responses: {
      200: { description: 'The member', content: jsonContent(schemas.memberSchema) },
      ...problems('invalid-credentials', 'account-exists'),
    },
  }),
  async (c) => c.json(toMemberView(await changeEmail(c.get('ctx'), c.req.valid('json'))), 200, PRIVATE),
)
