import { signMessage, verifySignature } from './signature.ts'
import { signingKeys, type SigningSecrets } from './signing-keys.ts'

const messageOf = (code: string): string => `unsubscribe:${code}`

/**
 * The token in the unsubscribe link of an email: the recipient's code (`mb_cd` or `pr_cd`) and its signature. It does not
 * expire, since unsubscribing must work from an old email too; it is valid as long as its signing secret is accepted.
 */
const signUnsubscribeToken = async (key: string, code: string): Promise<string> =>
  `${code}.${await signMessage(key, messageOf(code))}`

/** The code in a valid token; undefined for anything else. */
export async function readUnsubscribeToken(secrets: SigningSecrets, token: string): Promise<string | undefined> {
  const [code = '', signature = '', ...rest] = token.split('.')
  const isSound = /^[\w-]{1,64}$/.test(code) && rest.length === 0
  if (!isSound) return undefined
  const keys = signingKeys(secrets, 'unsubscribe-link')
  const matches = await Promise.all(keys.map((key) => verifySignature(key, messageOf(code), signature)))
  return matches.includes(true) ? code : undefined
}

/**
 * The URL for the header `List-Unsubscribe` and for the visible link of a marketing email: a mail client posts to it
 * (RFC 8058), a reader who opens it gets a page with a button.
 */
export async function unsubscribeUrl(env: { PUBLIC_API_URL: string } & SigningSecrets, code: string): Promise<string> {
  return `${env.PUBLIC_API_URL}/v1/unsubscribe?token=${await signUnsubscribeToken(signingKeys(env, 'unsubscribe-link')[0], code)}`
}
