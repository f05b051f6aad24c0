import { z } from '@hono/zod-openapi'
import { canonical } from './canonical.ts'

/** An email address in a request. Those under `.invalid` are refused: the shop gives them to members without an address. */
export const emailAddressSchema = z
  .email()
  .max(254)
  .refine((address) => !canonical(address).endsWith('.invalid'), {
    message: 'Nothing can be sent to an address under .invalid.',
    params: { code: 'invalid-format' },
  })
  .openapi({ example: 'jane@example.com' })
