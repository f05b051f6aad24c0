import { randomBytes } from 'node:crypto'
import { sha256Hex } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'

const TOKEN_BYTES = 32

/** A token for an emailed link; only its digest is stored. */
export type NewToken = { id: string; token: string; tokenHash: string }

export async function newOneTimeToken(): Promise<NewToken> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  return { id: newId(), token, tokenHash: await sha256Hex(token) }
}

export const verifyUrl = (storefrontUrl: string, token: string): string =>
  `${storefrontUrl}/verify-email?token=${token}`

export const resetUrl = (storefrontUrl: string, token: string): string =>
  `${storefrontUrl}/reset-password?token=${token}`
