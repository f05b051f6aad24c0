import { isIP, isIPv4 } from 'node:net'
import { createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { isSame } from '../shared/is-same.ts'
import { signingKeys } from '../shared/signing-keys.ts'
import type { AppEnv } from './app-env.ts'

/** With these two a storefront's own server says for whom it calls; `TRUSTED_STOREFRONT_SECRETS` holds the secret. */
const SECRET_HEADER = 'X-Storefront-Secret'
const CLIENT_HEADER = 'X-Storefront-Client-IP'

/** Without it all calls share one address. */
const UNKNOWN = 'unknown'

/** The address that a storefront's server names, if it shows the secret; from anybody else the header says nothing. */
function namedByStorefront(c: Context<AppEnv>): string | undefined {
  const shown = c.req.header(SECRET_HEADER)
  if (shown === undefined) return undefined
  const { env, log } = c.get('ctx')
  // Every secret is compared: how long it takes tells nothing about which one it was.
  const isTrusted = env.TRUSTED_STOREFRONT_SECRETS.filter((secret) => isSame(shown, secret)).length > 0
  const address = c.req.header(CLIENT_HEADER)?.trim() ?? ''
  if (isTrusted && isIP(address) !== 0) return address
  log.warn('storefront-address-ignored', { reason: isTrusted ? 'no-address' : 'wrong-secret' })
  return undefined
}

/**
 * The caller's address. Cloudflare's own header is believed, and a storefront's server that shows its secret; a caller
 * can write every other header.
 */
export const clientAddress = (c: Context<AppEnv>): string =>
  namedByStorefront(c) ?? c.req.header('CF-Connecting-IP') ?? UNKNOWN

/** `own`: whose address it is, for all we know. `wide`: what one may rent in one piece; null for IPv4. */
export type Networks = { own: string; wide: string | null }

function groupsOf(address: string): string[] {
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0') : []
  return [...before, ...zeros, ...after].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}

/**
 * The networks of an address. Everybody with IPv6 owns at least a /64, so that its addresses count as one; a /48 costs
 * nothing either, and holds 65,536 of those. An IPv4 address that is written as IPv6 is the same as without.
 */
export function networksOf(address: string): Networks {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address
  if (isIPv4(mapped) || !address.includes(':')) return { own: mapped, wide: null }
  const groups = groupsOf(address)
  return { own: `${groups.slice(0, 4).join(':')}::/64`, wide: `${groups.slice(0, 3).join(':')}::/48` }
}

/**
 * What an open checkout remembers of its caller's network, so that the stock held from there can be added up: a keyed
 * hash, which gives no address away. Null while rate limits are off.
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
