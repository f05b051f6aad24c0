import type { Context } from 'hono'
import type { AppEnv } from './app-env.ts'

/** What `Authorization` says of a Bearer: there is none, it has no form of RFC 6750, or its token. */
export type Bearer = { kind: 'none' } | { kind: 'malformed' } | { kind: 'token'; token: string }

/** The one reading of the header: whoever asks whether there is a bearer gets the same answer. Other schemes are none. */
export function bearerOf(c: Context<AppEnv>): Bearer {
  const header = c.req.header('Authorization')?.trim() ?? ''
  if (!/^Bearer(\s|$)/i.test(header)) return { kind: 'none' }
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1]
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token }
}
