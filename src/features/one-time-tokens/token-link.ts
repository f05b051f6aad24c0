import { randomBytes } from 'node:crypto'
import { sha256Hex } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'
import { tokenExpiry, type TokenPurpose } from './rules.ts'

const TOKEN_BYTES = 32

/** A token for an emailed link; only its digest is stored. */
export type NewToken = { id: string; purpose: TokenPurpose; tokenHash: string; expiresAt: Date }

/** A link of an email: the template's variable for it, where it leads, and the token that it carries. */
export type TokenLink = { name: string; url: string; token: NewToken }

const PAGES: Record<TokenPurpose, { name: string; path: string }> = {
  verify_email: { name: 'verify_url', path: 'verify-email' },
  disown_email: { name: 'disown_url', path: 'disown-account' },
  undo_email_change: { name: 'undo_url', path: 'undo-email-change' },
  reset_password: { name: 'reset_url', path: 'reset-password' },
}

/** A link with a token of its own, good until `rules.ts` says. */
export async function newTokenLink(storefrontUrl: string, purpose: TokenPurpose, now: Date): Promise<TokenLink> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const { name, path } = PAGES[purpose]
  return {
    name,
    url: `${storefrontUrl}/${path}?token=${token}`,
    token: { id: newId(), purpose, tokenHash: await sha256Hex(token), expiresAt: tokenExpiry(purpose, now) },
  }
}
