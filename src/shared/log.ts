type Fields = Record<string, unknown>

/** Structured log lines: one JSON object each, findable by `event` and `request_id`. */
export type Log = {
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

const EMAIL = /([^\s@<>"']{1,64})@([^\s@<>"',;]{1,255})/g
const SECRET = /\b(?:sk|rk|whsec|pk)_(?:test_|live_)?[A-Za-z0-9]{4,}|\bBearer\s+\S+|:\/\/[^\s:@/]+:[^\s@/]+@/g
const CARD = /\b(?:\d[ -]?){12,18}\d\b/g

/** `jane.doe@example.com` → `j***@example.com` */
export const maskEmail = (email: string): string =>
  email.replace(EMAIL, (_, local: string, domain: string) => `${local[0]}***@${domain}`)

/** Takes addresses, secrets and card numbers out of a text that is about to leave the program. */
export const redact = (text: string): string =>
  maskEmail(text.replace(SECRET, (found) => (found.startsWith(':') ? '://[redacted]@' : '[redacted]'))).replace(
    CARD,
    '[redacted]',
  )

function describe(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (value instanceof Error) {
    return {
      name: value.name,
      message: redact(value.message).slice(0, 1_000),
      ...('code' in value ? { code: value.code } : {}),
      ...('constraint' in value ? { constraint: value.constraint } : {}),
      ...(value.cause === undefined ? {} : { cause: describe(value.cause) }),
    }
  }
  if (Array.isArray(value)) return value.map(describe)
  if (value !== null && typeof value === 'object') {
    return describeAll(value)
  }
  return value
}

const describeAll = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, describe(item)]))

/** A log whose every line carries `base` (request id, door). Values are redacted; stacks are left to error tracking. */
export function createLog(base: Fields): Log {
  const write = (level: 'info' | 'warn' | 'error', event: string, fields: Fields = {}) => {
    const described = describeAll({ ...base, ...fields })
    // oxlint-disable-next-line no-console -- the platform collects what a Worker prints
    console[level](JSON.stringify({ level, event, time: new Date().toISOString(), ...described }))
  }
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  }
}
