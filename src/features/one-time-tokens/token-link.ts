import { randomBytes } from 'node:crypto'
import { sha256Hex } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'
import { tokenExpiry, type TokenPurpose } from './rules.ts'

const TOKEN_BYTES = 32

/** A new token for an emailed link; the database stores only its hash. */
export type NewToken = { id: string; purpose: TokenPurpose; tokenHash: string; expiresAt: Date }

/** A link in an email: `name` is the template's variable for it. */
export type TokenLink = { name: string; url: string; token: NewToken }

const PAGES: Record<TokenPurpose, { name: string; path: string }> = {
  verify_email: { name: 'verify_url', path: 'verify-email' },
  disown_email: { name: 'disown_url', path: 'disown-account' },
  undo_email_change: { name: 'undo_url', path: 'undo-email-change' },
  reset_password: { name: 'reset_url', path: 'reset-password' },
}

/** Makes a link to a page of the storefront, with a new token that expires as `rules.ts` says. */
export async function newTokenLink(storefrontUrl: string, purpose: TokenPurpose, now: Date): Promise<TokenLink> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const { name, path } = PAGES[purpose]
  return {
    name,
    url: `${storefrontUrl}/${path}?token=${token}`,
    token: { id: newId(), purpose, tokenHash: await sha256Hex(token), expiresAt: tokenExpiry(purpose, now) },
  }
}
