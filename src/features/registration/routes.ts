import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { clientOf, toSignedInView } from '../sessions/routes/signed-in-answer.ts'
import { signedInSchema } from '../sessions/schemas.ts'
import { register } from './register.ts'
import { registerSchema } from './schemas.ts'

export const registrationRoutes = createRouter()

registrationRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/register',
    operationId: 'register',
    summary: 'Open an account and sign in',
    description: "The visitor's cart becomes the member's. The address gets an email with a link to verify it.",
    tags: ['auth'],
    policy: { access: 'anyone', proof: 'register', limits: ['register', 'register-attempts'] },
    request: { body: { content: jsonContent(registerSchema), required: true } },
    responses: {
      201: { description: 'The member, signed in', content: jsonContent(signedInSchema) },
      ...problems('account-exists', 'password-too-weak'),
    },
  }),
  async (c) => {
    const { token_delivery, turnstile_token: _, ...input } = c.req.valid('json')
    const signedIn = await register(c.get('ctx'), { ...input, ...clientOf(c, token_delivery) })
    return c.json(await toSignedInView(c, signedIn, token_delivery), 201, PRIVATE)
  },
)
