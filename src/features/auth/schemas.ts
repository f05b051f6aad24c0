import { z } from '@hono/zod-openapi'
import { canonical } from '../../shared/canonical.ts'
import { turnstileSchema, turnstileTokenSchema } from '../../shared/turnstile.ts'
import { pageOf } from '../../shared/pagination.ts'

export const csrfTokenSchema = z
  .object({
    csrf_token: z.string().openapi({ description: 'Send it in X-CSRF-Token with every change' }),
    turnstile: turnstileSchema.optional().openapi({ description: 'Where the shop uses Turnstile' }),
  })
  .openapi('CsrfToken')

export const memberSchema = z
  .object({
    id: z.uuid(),
    username: z.string().openapi({ example: 'jane.doe' }),
    email: z.email().openapi({ example: 'jane@example.com' }),
    email_verified: z.boolean().openapi({ description: 'Somebody has followed a link that was sent there' }),
    email_owned: z.boolean().openapi({
      description: 'And was signed in to this account, or knew its password: guest orders have joined',
    }),
    pending_email: z
      .string()
      .nullable()
      .openapi({ description: 'Takes over once the link that was sent there is followed' }),
    first_name: z.string(),
    last_name: z.string(),
    newsletter: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .openapi('Member')

const tokensSchema = z
  .object({
    token_type: z.literal('Bearer'),
    access_token: z.string(),
    expires_in: z.int().openapi({ description: 'Seconds', example: 900 }),
    refresh_token: z.string().openapi({ description: 'Good for one call of `POST /v1/auth/refresh-token`' }),
  })
  .openapi('SessionTokens')

export const signedInSchema = memberSchema
  .extend({
    tokens: tokensSchema.optional().openapi({ description: 'With `token_delivery: "body"`, without cookies' }),
  })
  .openapi('SignedInMember')

const usernameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{3,30}$/, 'Use 3 to 30 letters (A to Z), digits, dots, hyphens or underscores.')
  .openapi({ example: 'jane.doe', description: 'Unique, upper and lower case being the same' })

/** An address that somebody gives. The shop writes `.invalid` ones itself, for members who no longer have an address. */
export const emailAddressSchema = z
  .email()
  .max(254)
  .refine((address) => !canonical(address).endsWith('.invalid'), {
    message: 'Nothing can be sent to an address under .invalid.',
    params: { code: 'invalid-format' },
  })
  .openapi({ example: 'jane@example.com' })

/** A password that is about to be set; what it must be like is told by `password-too-weak`. */
const newPasswordSchema = z.string().openapi({
  example: 'Grey-Heron-42',
  description:
    '8 to 128 characters; under 16 at least one upper-case letter and one character that is neither letter, digit nor ' +
    'space; not similar to username, email or name; none of the 20,000 most common, nor what hardly differs from one; ' +
    'none that is known from a breach',
})

const passwordSchema = z.string().min(1).max(1_000).openapi({ example: 'Grey-Heron-42' })

const loginNameSchema = z.string().min(1).max(254).openapi({ example: 'jane.doe', description: 'Username or email' })

const tokenDeliverySchema = z
  .enum(['cookie', 'body'])
  .default('cookie')
  .openapi({ description: 'Browsers keep the tokens in cookies; other clients ask for them in the body' })

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

export const loginSchema = z
  .object({ login: loginNameSchema, password: passwordSchema, token_delivery: tokenDeliverySchema })
  .openapi('Login')

export const refreshTokenSchema = z.object({ refresh_token: z.string().min(1).max(200) }).openapi('RefreshToken')

export const sessionStateSchema = z
  .object({
    authenticated: z.boolean(),
    can_refresh: z
      .boolean()
      .openapi({ description: 'Not signed in at the moment, but `POST /v1/auth/refresh` is worth a try' }),
    member: memberSchema.optional(),
  })
  .openapi('SessionState')

export const forgottenPasswordSchema = z
  .object({ login: loginNameSchema, turnstile_token: turnstileTokenSchema })
  .openapi('ForgottenPassword')

const emailedTokenSchema = z.string().min(1).max(100).openapi({ description: 'From the link in the email' })

export const resetPasswordSchema = z
  .object({ token: emailedTokenSchema, password: newPasswordSchema })
  .openapi('PasswordReset')

export const changePasswordSchema = z
  .object({ current_password: passwordSchema, password: newPasswordSchema })
  .openapi('PasswordChange')

export const verifyEmailSchema = z
  .object({
    token: emailedTokenSchema,
    password: passwordSchema
      .optional()
      .openapi({ description: 'Of the account, for a browser that is not signed in: guest orders then join too' }),
  })
  .openapi('EmailVerification')

export const emailedTokenBodySchema = z.object({ token: emailedTokenSchema }).openapi('EmailedToken')

export const changeEmailSchema = z
  .object({ email: emailAddressSchema, password: passwordSchema })
  .openapi('EmailChange')

export const sessionSchema = z
  .object({
    id: z.uuid(),
    device: z.string().openapi({ example: 'Firefox on Linux' }),
    created_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime().openapi({ description: 'When it was last refreshed' }),
    expires_at: z.iso.datetime(),
    current: z.boolean().openapi({ description: 'The one that this request was made with' }),
  })
  .openapi('Session')

export const sessionPageSchema = pageOf(sessionSchema).openapi('SessionPage')

export const sessionIdParamSchema = z.object({ id: z.uuid() })
