import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError } from '../../shared/errors.ts'
import type { Member } from './member.ts'
import { toMember } from './queries/members.ts'
import { selectOwnerOfToken, type TokenPurpose } from './queries/tokens.ts'

export const invalidToken = () =>
  new AppError('invalid-token', 'This link is not valid: it was used before, is too old, or a newer one was sent.')

/** Whose token it is, without using it up. Throws `invalid-token`. */
export async function getTokenOwner(
  ctx: Ctx,
  purpose: TokenPurpose,
  token: string,
): Promise<{ tokenId: string; member: Member }> {
  const tokenHash = await sha256Hex(token)
  const { rows } = await runStatement(() => selectOwnerOfToken(ctx.db, purpose, tokenHash, ctx.now()))
  const row = rows[0]
  if (row === undefined) throw invalidToken()
  return { tokenId: row.token_id, member: toMember(row) }
}
