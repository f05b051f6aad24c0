import { hkdfSync } from 'node:crypto'

/** What is signed. Each purpose has its own keys, so that a signature for one is not valid for another. */
export type SigningPurpose =
  | 'visitor-cookie'
  | 'device-cookie'
  | 'terms-cookie'
  | 'csrf-token'
  | 'refresh-token'
  | 'order-link'
  | 'unsubscribe-link'
  | 'rate-limit'
  | 'stock-share'

export type SigningSecrets = {
  SIGNING_SECRET: string
  /** The previous secret, as long as its signatures should still be accepted. */
  SIGNING_SECRET_PREVIOUS?: string | undefined
}

/** The first key signs; all of them verify. */
export type SigningKeys = readonly [string, ...string[]]

const derived = new Map<string, string>()

function derive(secret: string, purpose: SigningPurpose): string {
  const name = `${purpose}:${secret}`
  const known = derived.get(name)
  if (known !== undefined) return known
  const key = Buffer.from(hkdfSync('sha256', secret, '', `mercat ${purpose}`, 32)).toString('base64url')
  derived.set(name, key)
  return key
}

/** The keys for a purpose, 43 characters each, derived from the shop's secrets with HKDF-SHA256. */
export function signingKeys(
  { SIGNING_SECRET, SIGNING_SECRET_PREVIOUS }: SigningSecrets,
  purpose: SigningPurpose,
): SigningKeys {
  const current = derive(SIGNING_SECRET, purpose)
  return SIGNING_SECRET_PREVIOUS === undefined ? [current] : [current, derive(SIGNING_SECRET_PREVIOUS, purpose)]
}
