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
    summary: 'Verify an email address with the token of the emailed link',
    description:
      "Sent with the member's session, or with `password`, it also moves orders that were placed under the address " +
      'without an account into the account. Without either, it only verifies the address.',
    tags: ['auth'],
    request: { body: { content: jsonContent(verifyEmailSchema), required: true } },
    responses: {
      204: { description: 'The address is verified; a pending address is now the address of the account' },
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
    summary: 'Say that an account is not yours, with the token of the emailed link; removes your address from it',
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
    summary: 'Undo a change of address, with the token of the link that went to the former address',
    description: 'Ends every session and removes the password; the address gets an email with a link to set a new one.',
    tags: ['auth'],
    request: { body: { content: jsonContent(emailedTokenBodySchema), required: true } },
    responses: {
      204: { description: 'The former address is the address of the account again' },
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
    summary: 'Ask for another email with a link to verify the address',
    tags: ['auth'],
    policy: { access: 'member', limits: ['email-verification'] },
    responses: {
      202: { description: 'On its way; not when `email_owned` is true and no address is pending' },
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
    summary: 'Change the email address; the new one replaces the present one once it is verified',
    description: 'The present address gets an email with a link that undoes the change, valid for a week.',
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
