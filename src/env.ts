import { z } from 'zod'
import type { SessionKey, SessionKeys } from './shared/access-token.ts'
import { isCharged } from './shared/currency.ts'
import { AppError, type FieldError } from './shared/errors.ts'
import { isOrigin } from './shared/is-origin.ts'
import { TURNSTILE_FORMS } from './shared/turnstile.ts'

const flag = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off'])
    .default(fallback)
    .transform((value) => value === 'on')

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

const toKey = (pair: string): SessionKey => {
  const [kid = '', secret = ''] = pair.split(':')
  return { kid, secret: new TextEncoder().encode(secret) }
}

const sessionKeys = z
  .string()
  .regex(/^[\w-]+:[^,:]{32,}(,[\w-]+:[^,:]{32,})*$/, 'must be kid:secret pairs, each secret of at least 32 characters')
  .transform((value): SessionKeys => {
    const [first = '', ...rest] = value.split(',')
    return [toKey(first), ...rest.map(toKey)]
  })

const origin = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''))

// Compared exactly with what a browser sends: an entry with a path, a trailing slash, `*` or `null` would never match.
const origins = list.pipe(z.array(z.string().refine(isOrigin, 'must be origins such as https://shop.example')))

/** A variable that is set to an empty string counts as not set. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

/** A Cloudflare binding, recognised by a method that only its kind has. */
const binding = <T>(method: string) =>
  z.custom<T>((value) => typeof Object(value)[method] === 'function', {
    error: 'binding is missing: see wrangler.toml',
  })

/** The parts of a queue message that say what becomes of it. */
export type Delivery = Pick<Message, 'attempts' | 'ack' | 'retry'>

/** What travels on the queue: the row says the rest. */
export type QueueMessage =
  | { type: 'send-email'; outboxId: string; requestId: string }
  | { type: 'dispatch-event'; eventId: string; requestId: string }

const variables = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Only for a local Neon proxy; Neon's own endpoint is used without it. */
  NEON_FETCH_ENDPOINT: optional(z.url()),
  /** The limit for one round trip; and the one for everything that a request waits for together. */
  DATABASE_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(25_000),
  /** Signs cookies, CSRF tokens and order links. */
  SIGNING_SECRET: z.string().min(32),
  /** The previous secret, as long as its signatures should still be accepted. */
  SIGNING_SECRET_PREVIOUS: optional(z.string().min(32)),
  /** `kid:secret` pairs separated by commas; the first signs access tokens, the others still verify. */
  SESSION_KEYS: sessionKeys,
  PUBLIC_API_URL: origin,
  /** Links in emails and the payment page lead here: `/checkout/{session}`, `/cart`, `/orders/{identifier}` and others. */
  STOREFRONT_URL: origin,
  CORS_ORIGINS: origins.default([]),
  STRIPE_SECRET_KEY: z.string().regex(/^(sk|rk)_(test|live)_\w+$/),
  STRIPE_WEBHOOK_SECRET: z.string().startsWith('whsec_'),
  /** Only for the local emulator. */
  STRIPE_API_BASE: optional(z.url()),
  STRIPE_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  /** Whether Stripe Tax works out the tax at the payment. */
  AUTOMATIC_TAX: flag('off'),
  /** Whether tax is added to prices, shipping included, or they contain it. */
  TAX_BEHAVIOR: z.enum(['exclusive', 'inclusive']).default('exclusive'),
  CURRENCY: z.string().refine(isCharged, 'must be a currency that Stripe charges, in lower case, such as usd'),
  SHIPPING_COUNTRIES: list.pipe(z.array(z.string().regex(/^[A-Z]{2}$/)).min(1)),
  INITIAL_ORDER_STATUS: z.string().min(1),
  /** How long a payment page stays open. Stripe requires 30 minutes; ten more leave room to retry the same request. */
  CHECKOUT_MINUTES: z.coerce.number().int().min(40).max(1_380),
  /** A service for breached passwords with the range API of Have I Been Pwned; without it none is asked. */
  PWNED_PASSWORDS_URL: optional(origin),
  EMAIL_TRANSPORT: z.enum(['cloudflare', 'smtp']),
  SMTP_HOST: optional(z.string()),
  SMTP_PORT: optional(z.coerce.number().int().min(1).max(65_535)),
  SMTP_USERNAME: optional(z.string()),
  SMTP_PASSWORD: optional(z.string()),
  SMTP_SECURITY: z.enum(['tls', 'starttls', 'none']).default('tls'),
  SMTP_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(20_000),
  OPERATOR_EMAIL: z.email(),
  RATE_LIMITS: flag('on'),
  /** Secrets of the storefront's own server, which may then name its callers' addresses; two while one is replaced. */
  TRUSTED_STOREFRONT_SECRETS: list.pipe(z.array(z.string().min(32))).default([]),
  /** Turnstile is off without it. */
  TURNSTILE_SECRET_KEY: optional(z.string()),
  TURNSTILE_SITE_KEY: optional(z.string()),
  /** The hosts of pages with the widget; by default those of `STOREFRONT_URL` and `CORS_ORIGINS`. */
  TURNSTILE_HOSTNAMES: list.default([]),
  /** The forms that require Turnstile. */
  TURNSTILE_REQUIRED_FOR: list.pipe(z.array(z.enum(TURNSTILE_FORMS))).default([]),
  /** Only for the local stand-in. */
  TURNSTILE_API_BASE: optional(z.url()),
  RATE_LIMIT_KV: binding<KVNamespace>('get'),
  /** Rate-limit bindings, named after their limit per minute. */
  BURST_5: binding<RateLimit>('limit'),
  BURST_10: binding<RateLimit>('limit'),
  BURST_100: binding<RateLimit>('limit'),
  BURST_120: binding<RateLimit>('limit'),
  EMAIL_QUEUE: binding<Queue<QueueMessage>>('send'),
  SEND_EMAIL: z.custom<SendEmail>().optional(),
  ASSETS: binding<Fetcher>('fetch'),
})

const hostnameOf = (url: string): string => new URL(url).hostname

const schema = variables
  .superRefine((env, ctx) => {
    const require = (name: keyof typeof env, reason: string) => {
      if (env[name] === undefined) ctx.addIssue({ code: 'custom', path: [name], message: `is required ${reason}` })
    }
    if (env.EMAIL_TRANSPORT === 'smtp') {
      require('SMTP_HOST', 'when EMAIL_TRANSPORT is smtp')
      require('SMTP_PORT', 'when EMAIL_TRANSPORT is smtp')
    } else {
      require('SEND_EMAIL', 'when EMAIL_TRANSPORT is cloudflare (a send_email binding)')
    }
    if (env.TURNSTILE_SECRET_KEY !== undefined) require('TURNSTILE_SITE_KEY', 'with TURNSTILE_SECRET_KEY')
    if (env.TURNSTILE_REQUIRED_FOR.length > 0) require('TURNSTILE_SECRET_KEY', 'with TURNSTILE_REQUIRED_FOR')
  })
  .transform((env) => ({
    ...env,
    TURNSTILE_HOSTNAMES:
      env.TURNSTILE_HOSTNAMES.length > 0
        ? env.TURNSTILE_HOSTNAMES
        : [env.STOREFRONT_URL, ...env.CORS_ORIGINS].map(hostnameOf),
  }))

/** The secrets of `.dev.vars.example`, which are public and only for a local stack, which has no HTTPS. */
const EXAMPLE_SECRET: Partial<Record<keyof z.output<typeof variables>, RegExp>> = {
  SIGNING_SECRET: /^local-signing-secret/,
  SIGNING_SECRET_PREVIOUS: /^local-signing-secret/,
  SESSION_KEYS: /(^|[:,])local-session-secret/,
  STRIPE_SECRET_KEY: /_emulator$/,
  STRIPE_WEBHOOK_SECRET: /_emulator$/,
  // Cloudflare's test keys, with which everybody passes.
  TURNSTILE_SECRET_KEY: /^[123]x0{20}/,
}

/** Errors for a shop that is reached over HTTPS and uses the example's secrets. */
function exampleSecretErrors(raw: RawEnv): FieldError[] {
  if (!String(raw.PUBLIC_API_URL).startsWith('https:')) return []
  return Object.entries(EXAMPLE_SECRET).flatMap(([field, pattern]) =>
    pattern.test(String(Object(raw)[field]))
      ? [{ field, code: 'misconfigured', message: 'is the secret of .dev.vars.example, which everybody knows' }]
      : [],
  )
}

export type Env = z.output<typeof schema>

/** The variables and bindings as the runtime passes them, unchecked. */
export type RawEnv = Record<keyof Env, unknown>

const parsed = new WeakMap<object, Env>()

/**
 * Checks the variables and bindings, once for each isolate. Throws `misconfigured`, naming every variable that is missing,
 * malformed or, over HTTPS, from the example, but never its value.
 */
export function readEnv(raw: RawEnv): Env {
  const known = parsed.get(raw)
  if (known !== undefined) return known
  const result = schema.safeParse(raw)
  const malformed = (result.error?.issues ?? []).map((issue) => ({
    field: String(issue.path[0] ?? 'environment'),
    code: 'misconfigured' as const,
    message: issue.code === 'custom' ? issue.message : `${issue.message} (variable is missing or malformed)`,
  }))
  const errors = [...malformed, ...exampleSecretErrors(raw)]
  if (!result.success || errors.length > 0) {
    const names = [...new Set(errors.map((error) => error.field))].join(', ')
    throw new AppError('misconfigured', `The Worker is not configured: ${names}.`, { errors })
  }
  parsed.set(raw, result.data)
  return result.data
}
