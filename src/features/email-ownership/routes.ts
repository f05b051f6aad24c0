import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { toMemberView } from '../members/member.ts'
import { memberSchema } from '../members/schemas.ts'
import { emailedTokenBodySchema } from '../one-time-tokens/schemas.ts'
import { changeEmail } from './change-email.ts'
import { disownEmail } from './disown-email.ts'
import { resendVerification } from './resend-verification.ts'
import { changeEmailSchema, verifyEmailSchema } from './schemas.ts'
import { undoEmailChange } from './undo-email-change.ts'
import { verifyEmail } from './verify-email.ts'

export const emailOwnershipRoutes = createRouter()

emailOwnershipRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/email/verify',
    operationId: 'verifyEmail',
    policy: { access: 'anyone' },
    summary: 'Verify an email address by the emailed link',
    description:
      'What was bought under the address without an account joins the account when the request carries the session of the ' +
      'member, or `password`. Without either the address is verified, and no more.',
    tags: ['auth'],
    request: { body: { content: jsonContent(verifyEmailSchema), required: true } },
    responses: {
      204: { description: 'The address is verified; one that was pending is the account’s from now on' },
      ...problems('invalid-credentials', 'account-exists', 'invalid-token'),
    },
  }),
  async (c) => {
    await verifyEmail(c.get('ctx'), c.req.valid('json'))
    return c.body(null, 204)
  },
)

emailOwnershipRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/email/disown',
    operationId: 'disownEmail',
    policy: { access: 'anyone' },
    summary: 'Say by the emailed link that the account is not yours: the address is taken off it',
    tags: ['auth'],
    request: { body: { content: jsonContent(emailedTokenBodySchema), required: true } },
    responses: { 204: { description: 'No more emails about that account come here' }, ...problems('invalid-token') },
  }),
  async (c) => {
    await disownEmail(c.get('ctx'), c.req.valid('json').token)
    return c.body(null, 204)
  },
)

emailOwnershipRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/email/undo-change',
    operationId: 'undoEmailChange',
    policy: { access: 'anyone' },
    summary: 'Undo a change of the address by the link that went to the one before',
    description: 'Ends every session and voids the password; a link to set another goes to the address.',
    tags: ['auth'],
    request: { body: { content: jsonContent(emailedTokenBodySchema), required: true } },
    responses: {
      204: { description: 'The address before is the account’s again' },
      ...problems('account-exists', 'invalid-token'),
    },
  }),
  async (c) => {
    await undoEmailChange(c.get('ctx'), c.req.valid('json').token)
    return c.body(null, 204)
  },
)

emailOwnershipRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/account/email/verification',
    operationId: 'resendVerification',
    summary: 'Have another link to verify the address emailed',
    tags: ['auth'],
    policy: { access: 'member', limits: ['email-verification'] },
    responses: {
      202: { description: 'On its way, unless `email_owned` and nothing is pending' },
    },
  }),
  async (c) => {
    await resendVerification(c.get('ctx'))
    return c.body(null, 202)
  },
)

emailOwnershipRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/account/email',
    operationId: 'changeEmail',
    summary: 'Change the email address; the new one takes over once it is verified',
    description: 'The address so far is told, with a link that undoes the change for a week.',
    tags: ['auth'],
    policy: { access: 'member', limits: ['email-verification'] },
    request: { body: { content: jsonContent(changeEmailSchema), required: true } },
    responses: {
      200: { description: 'The member', content: jsonContent(memberSchema) },
      ...problems('invalid-credentials', 'account-exists'),
    },
  }),
  async (c) => c.json(toMemberView(await changeEmail(c.get('ctx'), c.req.valid('json'))), 200, PRIVATE),
)
