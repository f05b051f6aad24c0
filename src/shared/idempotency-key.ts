import { z } from '@hono/zod-openapi'

/** The header `Idempotency-Key`, with which a repeated request takes effect once. */
export const idempotencyHeaderSchema = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'Has 1 to 255 printable ASCII characters without spaces.')
    .optional()
    .openapi({ description: 'A request that is repeated with the same key takes effect once' }),
})
