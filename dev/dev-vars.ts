import { chmodSync, constants, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { LOCAL_SECRET } from './turnstile/keys.ts'

export type Vars = Record<string, string>

/** Names that `npm run dev` also takes from its own environment, where they win over `.dev.vars`. */
const FROM_ENVIRONMENT = [
  'RATE_LIMITS',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_BASE',
  'TURNSTILE_SECRET_KEY',
  'TURNSTILE_SITE_KEY',
  'TURNSTILE_HOSTNAMES',
  'TURNSTILE_REQUIRED_FOR',
]

/**
 * Variables of `.dev.vars` with those of the environment over them. A missing file is made from `.dev.vars.example`, or,
 * unless `make`, the example is read in its place. What the file lacks because the example is newer is taken from the
 * example, and said.
 */
export function readProjectVars(
  folder: string,
  environment: NodeJS.ProcessEnv,
  { make, log }: { make: boolean; log: (line: string) => void },
): Vars {
  const file = path.join(folder, '.dev.vars')
  if (make && !existsSync(file)) {
    copyFileSync(path.join(folder, '.dev.vars.example'), file, constants.COPYFILE_EXCL)
    log('made .dev.vars from .dev.vars.example')
  }
  const example = readExampleVars(folder)
  const own = existsSync(file) ? readVars(file) : example
  // Leaving STRIPE_API_BASE out is a choice: it means Stripe itself.
  const missing = Object.entries(example).filter(([name]) => !(name in own) && name !== 'STRIPE_API_BASE')
  if (missing.length > 0) {
    log(`.dev.vars has no ${missing.map(([name]) => name).join(', ')}: the values of .dev.vars.example are used`)
  }
  const given = FROM_ENVIRONMENT.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  // A key from the environment must not be sent to the address in the file.
  const base = environment['STRIPE_SECRET_KEY'] === undefined ? {} : { STRIPE_API_BASE: '' }
  return { ...Object.fromEntries(missing), ...own, ...base, ...Object.fromEntries(given) }
}

/** Variables of `.dev.vars.example`: they work as they are, and belong to nobody's account. */
export function readExampleVars(folder: string): Vars {
  return readVars(path.join(folder, '.dev.vars.example'))
}

function readVars(file: string): Vars {
  const parsed = parseEnv(readFileSync(file, 'utf8'))
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, value ?? '']))
}

/** Whether these variables mean Stripe itself: a key other than the example's, and no other API address. */
export function usesRealStripe(vars: Vars, example: Vars): boolean {
  const key = vars['STRIPE_SECRET_KEY'] ?? ''
  return key !== '' && key !== example['STRIPE_SECRET_KEY'] && (vars['STRIPE_API_BASE'] ?? '') === ''
}

/** What the local stack decides; everything else comes from the file. */
export interface LocalAddresses {
  api: string
  databaseUrl: string
  neon: string
  smtpPort: number
  turnstile: string
  pwned: string
  /** Undefined with Stripe itself. */
  stripe: { url: string; webhookSecret: string } | undefined
}

/** Whether the local stand-in answers for this secret: Cloudflare's test keys, its own, and none at all. */
const isStandInSecret = (secret: string): boolean =>
  secret === '' || /^[123]x0{20}/.test(secret) || secret === LOCAL_SECRET

/** The Worker's variables with the addresses of this stack; the file's own address of the API moves along. */
export function withLocalAddresses(vars: Vars, local: LocalAddresses): Vars {
  const before = vars['PUBLIC_API_URL'] ?? ''
  const moved = Object.entries(vars).map(([name, value]) => [
    name,
    before === '' ? value : value.replaceAll(before, local.api),
  ])
  const stripe =
    local.stripe === undefined
      ? { STRIPE_API_BASE: '' }
      : { STRIPE_API_BASE: local.stripe.url, STRIPE_WEBHOOK_SECRET: local.stripe.webhookSecret }
  return {
    ...Object.fromEntries(moved),
    PUBLIC_API_URL: local.api,
    DATABASE_URL: local.databaseUrl,
    NEON_FETCH_ENDPOINT: `${local.neon}/sql`,
    EMAIL_TRANSPORT: 'smtp',
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(local.smtpPort),
    SMTP_SECURITY: 'none',
    ...(isStandInSecret(vars['TURNSTILE_SECRET_KEY'] ?? '') ? { TURNSTILE_API_BASE: local.turnstile } : {}),
    // The address of a service that is not the local one is kept.
    ...(vars['PWNED_PASSWORDS_URL']?.startsWith('http://127.0.0.1') ? { PWNED_PASSWORDS_URL: local.pwned } : {}),
    ...stripe,
  }
}

/** Writes variables to a file that wrangler's `--env-file` reads back as they are; only its owner may read it. */
export function writeVars(file: string, vars: Vars): void {
  const lines = Object.entries(vars).map(([name, value]) => `${name}=${quote(name, value)}`)
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
}

function quote(name: string, value: string): string {
  const mark = ["'", '`', '"'].find((each) => !value.includes(each))
  if (mark === undefined)
    throw new Error(`${name} contains every kind of quotation mark, which an env file cannot carry`)
  // A bare $ would be read as a reference to another variable.
  return `${mark}${value.replaceAll('$', '\\$')}${mark}`
}
