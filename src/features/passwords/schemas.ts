import { z } from '@hono/zod-openapi'
import { turnstileTokenSchema } from '../../shared/turnstile.ts'
import { loginNameSchema } from '../members/schemas.ts'
import { emailedTokenSchema } from '../one-time-tokens/schemas.ts'

/** A password that is about to be set; `password-too-weak` says which rules it breaks. */
export const newPasswordSchema = z.string().openapi({
  example: 'Grey-Heron-42',
  description:
    '8 to 128 characters. A password under 16 characters needs an upper-case letter and a character that is neither ' +
    'a letter, a digit nor a space. Refused: one similar to the username, email or name, one of the 20,000 most common ' +
    'or a variation of one, and one known from a breach',
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
