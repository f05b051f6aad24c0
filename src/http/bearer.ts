import type { Context } from 'hono'
import type { AppEnv } from './app-env.ts'

/** The Bearer token of `Authorization`: there is none, it is malformed by RFC 6750, or the token. */
export type Bearer = { kind: 'none' } | { kind: 'malformed' } | { kind: 'token'; token: string }

/** Reads `Authorization`; other schemes count as `none`. Every check of a Bearer uses this, so that all of them agree. */
export function bearerOf(c: Context<AppEnv>): Bearer {
  const header = c.req.header('Authorization')?.trim() ?? ''
  if (!/^Bearer(\s|$)/i.test(header)) return { kind: 'none' }
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1]
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token }
}
