import { signMessage, verifySignature } from './signature.ts'
import { signingKeys, type SigningSecrets } from './signing-keys.ts'

/** How long the link in an order's email shows the order, in days: long enough for a return or a complaint. */
export const ORDER_LINK_DAYS = 180

const messageOf = (identifier: string, expires: string): string => `order:${identifier}:${expires}`

/** The token in the link of an order's email: `expiry.signature`, the expiry as a Unix time in base 36. */
export async function signOrderToken(secrets: SigningSecrets, identifier: string, now: Date): Promise<string> {
  const expires = Math.floor(now.getTime() / 1_000 + ORDER_LINK_DAYS * 86_400).toString(36)
  const [key] = signingKeys(secrets, 'order-link')
  return `${expires}.${await signMessage(key, messageOf(identifier, expires))}`
}

/** Whether `signOrderToken` made this token for this order, and whether it has expired. */
export async function checkOrderToken(
  secrets: SigningSecrets,
  identifier: string,
  token: string,
  now: Date,
): Promise<'good' | 'expired' | 'forged'> {
  const [, expires = '', signature = ''] = /^([0-9a-z]{1,8})\.([\w-]{43})$/.exec(token) ?? []
  const keys = signingKeys(secrets, 'order-link')
  const message = messageOf(identifier, expires)
  const matches = await Promise.all(keys.map((key) => verifySignature(key, message, signature)))
  if (!matches.includes(true)) return 'forged'
  return Number.parseInt(expires, 36) * 1_000 > now.getTime() ? 'good' : 'expired'
}
