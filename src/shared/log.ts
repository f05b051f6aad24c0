type Fields = Record<string, unknown>

/** Writes log lines, each a JSON object with an `event` and the `request_id`. */
export type Log = {
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

const EMAIL = /("[^"\n]{1,64}"|[^\s@<>"']{1,64})(?:@|%40)([^\s@<>"',;]{1,255})/gi
const SECRETS = [
  /\b(?:sk|rk|pk|whsec)_[\w+/=-]{4,}/g,
  // Stripe client secrets, JSON Web Tokens, Authorization headers, the userinfo of URLs.
  /(?<=_secret_)\w{4,}/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /(?<=\b(?:Bearer|Basic)\s)\s*\S+/gi,
  /(?<=:\/\/)[^\s:/]+:[^\s/]+(?=@)/g,
  /(?<=(?:token|secret|password)"?\s?[=:]\s?"?)[^\s&;"',}]+/gi,
]
const CARD = /\b(?:\d[ -]?){12,18}\d\b/g
/** Deeper than any of our log lines; it also ends an error that is its own cause. */
const DEPTH_LIMIT = 8

/** `jane.doe@example.com` → `j***@example.com` */
export const maskEmail = (email: string): string =>
  email.replace(EMAIL, (_, local: string, domain: string) => `${local[0]}***@${domain}`)

/** Matches every text that the patterns above can match. Most texts do not match, and need no further search. */
const SUSPECT = /[@%:=\s]|(?:[srp]k|whsec|_secret)_|eyJ|\d[\d -]{12}/

/** Masks email addresses, secrets and card numbers in a text. */
export const redact = (text: string): string => (SUSPECT.test(text) ? redactSuspect(text) : text)

const redactSuspect = (text: string): string =>
  maskEmail(SECRETS.reduce((rest, secret) => rest.replace(secret, '[redacted]'), text)).replace(CARD, '[redacted]')

/** The message of an error; for a failed query only its SQL, since the message repeats the parameters. */
const messageOf = (error: Error): string =>
  'params' in error && 'query' in error && typeof error.query === 'string'
    ? `Failed query: ${error.query}`
    : error.message

function describe(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value === 'bigint') return String(value)
  if (value === null || typeof value !== 'object') return value
  if (depth === DEPTH_LIMIT) return '[too deep]'
  if (value instanceof Error) {
    return {
      name: value.name,
      message: redact(messageOf(value)).slice(0, 1_000),
      ...('code' in value ? { code: value.code } : {}),
      ...('constraint' in value ? { constraint: value.constraint } : {}),
      ...(value.cause === undefined ? {} : { cause: describe(value.cause, depth + 1) }),
    }
  }
  if (Array.isArray(value)) return value.map((item) => describe(item, depth + 1))
  return describeInto({}, value, depth + 1)
}

/** Adds all fields to a line, redacted. */
function describeInto(line: Fields, fields: object, depth = 0): Fields {
  for (const [key, item] of Object.entries(fields)) line[key] = describe(item, depth)
  return line
}

/** A log that adds `base` (request id, handler) to every line. Values are redacted; error stacks are left out. */
export function createLog(base: Fields): Log {
  const write = (level: 'info' | 'warn' | 'error', event: string, fields: Fields = {}) => {
    const line = describeInto({ level, event, time: new Date().toISOString() }, base)
    // oxlint-disable-next-line no-console -- the platform collects what a Worker prints
    console[level](JSON.stringify(describeInto(line, fields)))
  }
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  }
}
