import { z } from '@hono/zod-openapi'

/** The header that makes a repeated request count once. */
export const idempotencyHeaderSchema = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'Has 1 to 255 printable ASCII characters without spaces.')
    .optional()
    .openapi({ description: 'Makes a repeated request count once' }),
})
