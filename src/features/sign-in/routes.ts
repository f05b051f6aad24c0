import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { clientOf, toSignedInView } from '../sessions/routes/signed-in-answer.ts'
import { signedInSchema } from '../sessions/schemas.ts'
import { loginSchema } from './schemas.ts'
import { signIn } from './sign-in.ts'

export const signInRoutes = createRouter()

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/login',
    operationId: 'signIn',
    summary: 'Sign in with username or email',
    description: "The visitor's cart is merged into the member's.",
    tags: ['auth'],
    policy: { access: 'anyone', limits: ['sign-in-minute', 'sign-in-hour'] },
    request: { body: { content: jsonContent(loginSchema), required: true } },
    responses: {
      200: { description: 'The member, signed in', content: jsonContent(signedInSchema) },
      ...problems('invalid-credentials'),
    },
  }),
  async (c) => {
    const { token_delivery, ...input } = c.req.valid('json')
    const signedIn = await signIn(c.get('ctx'), { ...input, ...clientOf(c, token_delivery) })
    return c.json(await toSignedInView(c, signedIn, token_delivery), 200, PRIVATE)
  },
)
