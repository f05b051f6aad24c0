import { z } from '@hono/zod-openapi'
import { emailAddressSchema } from '../../shared/email-address.ts'
import { turnstileTokenSchema } from '../../shared/turnstile.ts'
import { newPasswordSchema } from '../passwords/schemas.ts'
import { tokenDeliverySchema } from '../sessions/schemas.ts'

const usernameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{3,30}$/, 'Use 3 to 30 letters (A to Z), digits, dots, hyphens or underscores.')
  .openapi({ example: 'jane.doe', description: 'Unique, ignoring case' })

export const registerSchema = z
  .object({
    username: usernameSchema,
    email: emailAddressSchema,
    password: newPasswordSchema,
    newsletter: z.boolean().default(false),
    token_delivery: tokenDeliverySchema,
    turnstile_token: turnstileTokenSchema,
  })
  .openapi('Registration')
