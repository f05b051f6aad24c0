import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { shopperIds } from '../../actor.ts'
import { canonical } from '../../shared/canonical.ts'
import type { AppEnv } from '../app-env.ts'
import { clientAddress, networksOf } from '../client-address.ts'
import type { Subject } from './limits.ts'

/** The username or email address in the body, in its canonical form, so that all spellings of it count as one. */
async function loginOf(c: Context<AppEnv>): Promise<string | undefined> {
  const body: unknown = await c.req.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null) return undefined
  const login = 'login' in body ? body.login : 'email' in body ? body.email : undefined
  return typeof login === 'string' ? `login:${canonical(login)}` : undefined
}

/** A /48 network has this many times a caller's limit, since it may belong to one attacker or to a whole town. */
const WIDE_TIMES = 10

/** Who is counted, and how many times the limit they may reach. */
type Counted = { subject: string; times: number }

const one = (subject: string): Counted => ({ subject, times: 1 })

function addressesOf(c: Context<AppEnv>): Counted[] {
  const { own, wide } = networksOf(clientAddress(c))
  return [one(`address:${own}`), ...(wide === null ? [] : [{ subject: `address:${wide}`, times: WIDE_TIMES }])]
}

/** Whom a limit counts for this request: nobody, one subject, or a caller's own network and the wider one. */
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

/** The key of a counter outside this isolate: a keyed hash, since a plain hash of an IP address can be reversed by trying. */
export const counterKey = (secret: string, policy: string, subject: string): string =>
  `rl:${policy}:${createHmac('sha256', secret).update(`rate-limit:${subject}`).digest('hex').slice(0, 32)}`
