import { z } from '@hono/zod-openapi'
import { turnstileSchema } from '../shared/turnstile.ts'
import { issueCsrfToken } from './csrf.ts'
import { createRoute, createRouter, jsonContent } from './router.ts'

const csrfTokenSchema = z
  .object({
    csrf_token: z.string().openapi({ description: 'Send it in `X-CSRF-Token` with every change' }),
    turnstile: turnstileSchema.optional().openapi({ description: 'Present if the shop uses Turnstile' }),
  })
  .openapi('CsrfToken')

export const csrfRoutes = createRouter()

const csrfRoute = createRoute({
  policy: { access: 'public' },
  operationId: 'issueCsrfToken',
  method: 'get',
  path: '/v1/auth/csrf',
  tags: ['auth'],
  summary: 'Get the CSRF token that every change needs, and its cookie',
  responses: { 200: { description: 'The token', content: jsonContent(csrfTokenSchema) } },
})

csrfRoutes.openapi(csrfRoute, async (c) => {
  const { TURNSTILE_SITE_KEY, TURNSTILE_SECRET_KEY, TURNSTILE_REQUIRED_FOR } = c.get('ctx').env
  const turnstile =
    TURNSTILE_SITE_KEY === undefined || TURNSTILE_SECRET_KEY === undefined
      ? {}
      : { turnstile: { site_key: TURNSTILE_SITE_KEY, required_for: TURNSTILE_REQUIRED_FOR } }
  return c.json({ csrf_token: await issueCsrfToken(c), ...turnstile }, 200, { 'Cache-Control': 'no-store' })
})
