import { isIP, isIPv4 } from 'node:net'
import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { isSame } from '../shared/is-same.ts'
import { signingKeys } from '../shared/signing-keys.ts'
import type { AppEnv } from './app-env.ts'

/** A storefront's server sends its secret (`TRUSTED_STOREFRONT_SECRETS`) and the address of the caller it acts for. */
const SECRET_HEADER = 'X-Storefront-Secret'
const CLIENT_HEADER = 'X-Storefront-Client-IP'

/** The address of all calls whose own is unknown. */
const UNKNOWN = 'unknown'

/** The address that a storefront's server names; undefined without its secret, since anybody can send the header. */
function namedByStorefront(c: Context<AppEnv>): string | undefined {
  const shown = c.req.header(SECRET_HEADER)
  if (shown === undefined) return undefined
  const { env, log } = c.get('ctx')
  // Compares every secret, so that the time it takes does not reveal which one matched.
  const isTrusted = env.TRUSTED_STOREFRONT_SECRETS.filter((secret) => isSame(shown, secret)).length > 0
  const address = c.req.header(CLIENT_HEADER)?.trim() ?? ''
  if (isTrusted && isIP(address) !== 0) return address
  log.warn('storefront-address-ignored', { reason: isTrusted ? 'no-address' : 'wrong-secret' })
  return undefined
}

/**
 * The caller's IP address, from Cloudflare's header, or from a storefront's server that sends its secret. No other header
 * is trusted, since any caller can send it.
 */
export const clientAddress = (c: Context<AppEnv>): string =>
  namedByStorefront(c) ?? c.req.header('CF-Connecting-IP') ?? UNKNOWN

/** `own`: the smallest network that surely belongs to one caller. `wide`: the one it is part of; null for IPv4. */
export type Networks = { own: string; wide: string | null }

function groupsOf(address: string): string[] {
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0') : []
  return [...before, ...zeros, ...after].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}

/**
 * The networks of an address. Everybody with IPv6 has at least a /64, so all of its addresses count as one caller. A /48
 * is free too and contains 65,536 of those, hence `wide`. An IPv4 address in IPv6 notation counts as the IPv4 address.
 */
export function networksOf(address: string): Networks {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address
  if (isIPv4(mapped) || !address.includes(':')) return { own: mapped, wide: null }
  const groups = groupsOf(address)
  return { own: `${groups.slice(0, 4).join(':')}::/64`, wide: `${groups.slice(0, 3).join(':')}::/48` }
}

/**
 * A keyed hash of the caller's network, stored with an open checkout to add up the stock that one network has reserved
 * without storing the address. Null while rate limits are off.
 */
export function networkKey(c: Context<AppEnv>): string | null {
  const { env } = c.get('ctx')
  if (!env.RATE_LIMITS) return null
  const { own, wide } = networksOf(clientAddress(c))
  const [key] = signingKeys(env, 'stock-share')
  return createHmac('sha256', key)
    .update(wide ?? own)
    .digest('base64url')
}
