import { z } from '@hono/zod-openapi'
import { canonical } from './canonical.ts'

/** An address that somebody gives. The shop writes `.invalid` ones itself, for members who no longer have an address. */
export const emailAddressSchema = z
  .email()
  .max(254)
  .refine((address) => !canonical(address).endsWith('.invalid'), {
    message: 'Nothing can be sent to an address under .invalid.',
    params: { code: 'invalid-format' },
  })
  .openapi({ example: 'jane@example.com' })
