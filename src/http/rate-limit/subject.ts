import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { shopperIds } from '../../actor.ts'
import { canonical } from '../../shared/canonical.ts'
import type { AppEnv } from '../app-env.ts'
import { clientAddress, networksOf } from '../client-address.ts'
import type { Subject } from './limits.ts'

/** The account that is asked about; spellings that sign in to the same one count as one. */
async function loginOf(c: Context<AppEnv>): Promise<string | undefined> {
  const body: unknown = await c.req.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null) return undefined
  const login = 'login' in body ? body.login : 'email' in body ? body.email : undefined
  return typeof login === 'string' ? `login:${canonical(login)}` : undefined
}

/** From a /48 this many times as much is let in as from one of its callers: it may be a town's, or one attacker's. */
const WIDE_TIMES = 10

/** Who is counted, and how many times the policy's limit they have. */
type Counted = { subject: string; times: number }

const one = (subject: string): Counted => ({ subject, times: 1 })

function addressesOf(c: Context<AppEnv>): Counted[] {
  const { own, wide } = networksOf(clientAddress(c))
  return [one(`address:${own}`), ...(wide === null ? [] : [{ subject: `address:${wide}`, times: WIDE_TIMES }])]
}

/** Whom a limit counts for this request: nobody, one, or a caller's address and the wider network that it is in. */
export async function subjectsOf(c: Context<AppEnv>, by: Subject): Promise<Counted[]> {
  const { memberId, visitorId } = shopperIds(c.get('ctx').actor)
  switch (by) {
    case 'member':
      return memberId === null ? [] : [one(`member:${memberId}`)]
    case 'visitor':
      return memberId !== null || visitorId === null ? [] : [one(`visitor:${visitorId}`)]
    case 'buyer':
      if (memberId !== null) return [one(`member:${memberId}`)]
      return visitorId === null ? addressesOf(c) : [one(`visitor:${visitorId}`)]
    case 'login': {
      const login = await loginOf(c)
      return login === undefined ? [] : [one(login)]
    }
    case 'address':
      return addressesOf(c)
  }
}

/** A key for a counter kept outside: keyed hash, because a plain one of an address can be guessed back. */
export const counterKey = (secret: string, policy: string, subject: string): string =>
  `rl:${policy}:${createHmac('sha256', secret).update(`rate-limit:${subject}`).digest('hex').slice(0, 32)}`
