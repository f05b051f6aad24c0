import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runStatementAsCaller } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { type AccountRow, selectAccount } from './queries/account.ts'
import type { Account } from './schemas.ts'

export type AccountWithEtag = { account: Account; etag: string }

/** The account as the API answers it, with its ETag in quotes. Throws `session-ended` without a row. */
export function toAccountWithEtag(row: { account: AccountRow; etag: string } | undefined): AccountWithEtag {
  if (row === undefined) throw new AppError('session-ended', 'This session has ended. Sign in again.')
  const { account, etag } = row
  return { account: { ...account, created_at: new Date(account.created_at).toISOString() }, etag: `"${etag}"` }
}

/** The caller's own account. Throws `not-authenticated`, `session-ended`. */
export async function getAccount(ctx: Ctx): Promise<AccountWithEtag> {
  const { memberId } = requireMember(ctx.actor)
  const { rows } = await runStatementAsCaller(ctx, () => selectAccount(ctx.db, memberId, ctx.now()))
  return toAccountWithEtag(rows[0])
}
