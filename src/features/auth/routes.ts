import { issueCsrfToken } from '../../http/csrf.ts'
import { createRoute, createRouter, jsonContent } from '../../http/router.ts'
import { emailRoutes } from './routes/emails.ts'
import { passwordRoutes } from './routes/passwords.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { csrfTokenSchema } from './schemas.ts'

export const authRoutes = createRouter()

const csrfRoute = createRoute({
  policy: { access: 'public' },
  operationId: 'issueCsrfToken',
  method: 'get',
  path: '/v1/auth/csrf',
  tags: ['auth'],
  summary: 'The token that every change needs, and its cookie',
  responses: { 200: { description: 'The token', content: jsonContent(csrfTokenSchema) } },
})

authRoutes.openapi(csrfRoute, async (c) => {
  const { TURNSTILE_SITE_KEY, TURNSTILE_SECRET_KEY, TURNSTILE_REQUIRED_FOR } = c.get('ctx').env
  const turnstile =
    TURNSTILE_SITE_KEY === undefined || TURNSTILE_SECRET_KEY === undefined
      ? {}
      : { turnstile: { site_key: TURNSTILE_SITE_KEY, required_for: TURNSTILE_REQUIRED_FOR } }
  return c.json({ csrf_token: await issueCsrfToken(c), ...turnstile }, 200, { 'Cache-Control': 'no-store' })
})

authRoutes.route('/', signInRoutes)
authRoutes.route('/', passwordRoutes)
authRoutes.route('/', emailRoutes)
authRoutes.route('/', sessionRoutes)
