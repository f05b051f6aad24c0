import { signMessage, verifySignature } from './signature.ts'
import { signingKeys, type SigningSecrets } from './signing-keys.ts'

const messageOf = (code: string): string => `unsubscribe:${code}`

/**
 * Proof for the unsubscribe link of an email: the recipient's code (`mb_cd` or `pr_cd`) and its signature. It carries
 * no date, since an old marketing email must still let its reader leave: it is good for as long as the secret that signed it
 * is accepted, and for nothing else.
 */
const signUnsubscribeToken = async (key: string, code: string): Promise<string> =>
  `${code}.${await signMessage(key, messageOf(code))}`

/** The code that `signUnsubscribeToken` signed; undefined for any other text. */
export async function readUnsubscribeToken(secrets: SigningSecrets, token: string): Promise<string | undefined> {
  const [code = '', signature = '', ...rest] = token.split('.')
  const isSound = /^[\w-]{1,64}$/.test(code) && rest.length === 0
  if (!isSound) return undefined
  const keys = signingKeys(secrets, 'unsubscribe-link')
  const matches = await Promise.all(keys.map((key) => verifySignature(key, messageOf(code), signature)))
  return matches.includes(true) ? code : undefined
}

/**
 * The address for `List-Unsubscribe` and for the visible link of a marketing email: one click of a mail client (RFC 8058) posts
 * to it, and a reader who opens it finds a page with a button.
 */
export async function unsubscribeUrl(env: { PUBLIC_API_URL: string } & SigningSecrets, code: string): Promise<string> {
  return `${env.PUBLIC_API_URL}/v1/unsubscribe?token=${await signUnsubscribeToken(signingKeys(env, 'unsubscribe-link')[0], code)}`
}
