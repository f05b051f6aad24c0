import { z } from '@hono/zod-openapi'

/** Where the operator may demand a proof from everybody. */
export const TURNSTILE_FORMS = ['checkout', 'register', 'forgotten-password'] as const

export type TurnstileForm = (typeof TURNSTILE_FORMS)[number]

/** The longest token there is, says Cloudflare. */
export const TURNSTILE_TOKEN_MAX = 2_048

/** The field of a body that `askForProof` reads. */
export const turnstileTokenSchema = z.string().max(TURNSTILE_TOKEN_MAX).optional().openapi({
  description: 'Token of the Turnstile widget, where the shop uses one; good for one call',
})

/** What a page needs to know before it shows a form. */
export const turnstileSchema = z
  .object({ site_key: z.string(), required_for: z.array(z.enum(TURNSTILE_FORMS)) })
  .openapi('Turnstile')

/** How to get past a refusal by a proof, where the shop uses Turnstile. */
export const turnstileHintSchema = z
  .object({ site_key: z.string() })
  .optional()
  .openapi({ description: 'Show the Turnstile widget, and repeat the call with `turnstile_token`' })

type Settings = { TURNSTILE_SECRET_KEY?: string | undefined; TURNSTILE_SITE_KEY?: string | undefined }

/** For a refusal that a proof would lift: what a page needs to show the widget. Nothing while Turnstile is off. */
export const turnstileHint = ({
  TURNSTILE_SECRET_KEY: secret,
  TURNSTILE_SITE_KEY: siteKey,
}: Settings): { turnstile?: { site_key: string } } =>
  secret === undefined || siteKey === undefined ? {} : { turnstile: { site_key: siteKey } }
