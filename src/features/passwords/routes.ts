import { rememberDevice } from '../../http/device.ts'
import { createRoute, createRouter, jsonContent, problems } from '../../http/router.ts'
import { changePassword } from './change-password.ts'
import { requestPasswordReset } from './request-password-reset.ts'
import { resetPassword } from './reset-password.ts'
import * as schemas from './schemas.ts'

export const passwordRoutes = createRouter()

passwordRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/password/forgot',
    operationId: 'requestPasswordReset',
    summary: 'Ask for an email with a link to set a new password',
    description: 'The answer is the same whether or not there is such an account. The link is valid for one hour.',
    tags: ['auth'],
    policy: {
      access: 'anyone',
      proof: 'forgotten-password',
      limits: ['forgotten-password-login', 'forgotten-password-address'],
    },
    request: { body: { content: jsonContent(schemas.forgottenPasswordSchema), required: true } },
    responses: { 202: { description: 'If there is such an account, its owner gets an email' } },
  }),
  (c) => {
    requestPasswordReset(c.get('ctx'), c.req.valid('json').login)
    return c.body(null, 202)
  },
)

passwordRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/password/reset',
    operationId: 'resetPassword',
    policy: { access: 'anyone' },
    summary: 'Set a new password with the token of the emailed link; ends every session',
    tags: ['auth'],
    request: { body: { content: jsonContent(schemas.resetPasswordSchema), required: true } },
    responses: {
      204: { description: 'The new password holds' },
      ...problems('invalid-token', 'password-too-weak'),
    },
  }),
  async (c) => {
    const { deviceId } = await resetPassword(c.get('ctx'), c.req.valid('json'))
    await rememberDevice(c, deviceId)
    return c.body(null, 204)
  },
)

passwordRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/account/password',
    operationId: 'changePassword',
    summary: 'Change the password; ends all other sessions',
    tags: ['auth'],
    policy: { access: 'member' },
    request: { body: { content: jsonContent(schemas.changePasswordSchema), required: true } },
    responses: {
      204: { description: 'The new password holds' },
      ...problems('invalid-credentials', 'password-too-weak'),
    },
  }),
  async (c) => {
    const { current_password, password } = c.req.valid('json')
    await changePassword(c.get('ctx'), { currentPassword: current_password, password })
    return c.body(null, 204)
  },
)
