import type { Db } from '../../../db/client.ts'
import { oneTimeTokens } from '../../../db/schema/accounts.ts'

export type NewTokenRow = {
  id: string
  memberId: string
  purpose: 'verify_email' | 'reset_password'
  tokenHash: string
  email: string
  createdAt: Date
  expiresAt: Date
}

/** Running it again with the same id changes nothing. */
export const insertToken = (db: Db, token: NewTokenRow) =>
  db.insert(oneTimeTokens).values(token).onConflictDoNothing({ target: oneTimeTokens.id })
