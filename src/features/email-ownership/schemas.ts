import { z } from '@hono/zod-openapi'
import { emailAddressSchema } from '../../shared/email-address.ts'
import { emailedTokenSchema } from '../one-time-tokens/schemas.ts'
import { passwordSchema } from '../passwords/schemas.ts'

export const verifyEmailSchema = z
  .object({
    token: emailedTokenSchema,
    password: passwordSchema
      .optional()
      .openapi({ description: 'The password of the account, so that guest orders join it without a session too' }),
  })
  .openapi('EmailVerification')

export const changeEmailSchema = z
  .object({ email: emailAddressSchema, password: passwordSchema })
  .openapi('EmailChange')
