import { z } from '@hono/zod-openapi'

/** The forms for which a shop can require Turnstile (`TURNSTILE_REQUIRED_FOR`). */
export const TURNSTILE_FORMS = ['checkout', 'register', 'forgotten-password'] as const

export type TurnstileForm = (typeof TURNSTILE_FORMS)[number]

/** The length of the longest token, according to Cloudflare. */
export const TURNSTILE_TOKEN_MAX = 2_048

/** The field of a request that `askForProof` reads. */
export const turnstileTokenSchema = z.string().max(TURNSTILE_TOKEN_MAX).optional().openapi({
  description: 'Token of the Turnstile widget, if the shop uses Turnstile; valid for one call',
})

/** What a page needs to know about Turnstile before it shows a form. */
export const turnstileSchema = z
  .object({ site_key: z.string(), required_for: z.array(z.enum(TURNSTILE_FORMS)) })
  .openapi('Turnstile')

/** In a refusal that passing Turnstile lifts: what the page needs to show the widget. */
export const turnstileHintSchema = z
  .object({ site_key: z.string() })
  .optional()
  .openapi({ description: 'Show the Turnstile widget, and repeat the call with `turnstile_token`' })

type Settings = { TURNSTILE_SECRET_KEY?: string | undefined; TURNSTILE_SITE_KEY?: string | undefined }

/** The member for `turnstileHintSchema`; empty while Turnstile is off. */
export const turnstileHint = ({
  TURNSTILE_SECRET_KEY: secret,
  TURNSTILE_SITE_KEY: siteKey,
}: Settings): { turnstile?: { site_key: string } } =>
  secret === undefined || siteKey === undefined ? {} : { turnstile: { site_key: siteKey } }
