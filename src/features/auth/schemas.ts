import { z } from '@hono/zod-openapi'

export const csrfTokenSchema = z
  .object({ csrf_token: z.string().openapi({ description: 'Send it in X-CSRF-Token with every change' }) })
  .openapi('CsrfToken')
