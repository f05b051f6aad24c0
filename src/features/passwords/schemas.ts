import { z } from '@hono/zod-openapi'
import { turnstileTokenSchema } from '../../shared/turnstile.ts'
import { loginNameSchema } from '../members/schemas.ts'
import { emailedTokenSchema } from '../one-time-tokens/schemas.ts'

/** A password that is about to be set; what it must be like is told by `password-too-weak`. */
export const newPasswordSchema = z.string().openapi({
  example: 'Grey-Heron-42',
  description:
    '8 to 128 characters; under 16 at least one upper-case letter and one character that is neither letter, digit nor ' +
    'space; not similar to username, email or name; none of the 20,000 most common, nor what hardly differs from one; ' +
    'none that is known from a breach',
})

export const passwordSchema = z.string().min(1).max(1_000).openapi({ example: 'Grey-Heron-42' })

export const forgottenPasswordSchema = z
  .object({ login: loginNameSchema, turnstile_token: turnstileTokenSchema })
  .openapi('ForgottenPassword')

export const resetPasswordSchema = z
  .object({ token: emailedTokenSchema, password: newPasswordSchema })
  .openapi('PasswordReset')

export const changePasswordSchema = z
  .object({ current_password: passwordSchema, password: newPasswordSchema })
  .openapi('PasswordChange')
