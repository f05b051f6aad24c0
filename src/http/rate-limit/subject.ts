import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { canonical } from '../../shared/canonical.ts'
import type { AppEnv } from '../app-env.ts'
import type { Subject } from './policies.ts'

/**
 * The caller's network. Only Cloudflare's own header is believed, since a caller can write every other one; calls
 * without it share one bucket. An IPv6 customer owns at least a /64, so that its addresses count as one.
 */
function addressOf(c: Context<AppEnv>): string {
  const address = c.req.header('CF-Connecting-IP') ?? 'unknown'
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0') : []
  const groups = [...before, ...zeros, ...after].slice(0, 4)
  return `${groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, '')).join(':')}::/64`
}

/** The account that is asked about; spellings that sign in to the same one count as one. */
async function loginOf(c: Context<AppEnv>): Promise<string | undefined> {
  const body: unknown = await c.req.json().catch(() => undefined)
  const login = typeof body === 'object' && body !== null && 'login' in body ? body.login : undefined
  return typeof login === 'string' ? `login:${canonical(login)}` : undefined
}

/** Whom a limit counts for this request, or undefined when there is no such one. */
export async function subjectOf(c: Context<AppEnv>, by: Subject): Promise<string | undefined> {
  const { memberId, visitorId } = c.get('ctx').actor
  const member = memberId === null ? undefined : `member:${memberId}`
  const visitor = visitorId === null ? undefined : `visitor:${visitorId}`
  switch (by) {
    case 'member':
      return member
    case 'visitor':
      return member === undefined ? visitor : undefined
    case 'buyer':
      return member ?? visitor ?? `address:${addressOf(c)}`
    case 'login':
      return loginOf(c)
    case 'address':
      return `address:${addressOf(c)}`
  }
}

/** A key for a counter kept outside: keyed hash, because a plain one of an address can be guessed back. */
export const counterKey = (secret: string, policy: string, subject: string): string =>
  `rl:${policy}:${createHmac('sha256', secret).update(`rate-limit:${subject}`).digest('hex').slice(0, 32)}`
