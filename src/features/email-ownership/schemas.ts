import { z } from '@hono/zod-openapi'
import { emailAddressSchema } from '../../shared/email-address.ts'
import { emailedTokenSchema } from '../one-time-tokens/schemas.ts'
import { passwordSchema } from '../passwords/schemas.ts'

export const verifyEmailSchema = z
  .object({
    token: emailedTokenSchema,
    password: passwordSchema
      .optional()
      .openapi({ description: 'Of the account, for a browser that is not signed in: guest orders then join too' }),
  })
  .openapi('EmailVerification')

export const changeEmailSchema = z
  .object({ email: emailAddressSchema, password: passwordSchema })
  .openapi('EmailChange')
