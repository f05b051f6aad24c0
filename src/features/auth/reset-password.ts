import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { getTokenOwner, invalidToken } from './get-token-owner.ts'
import { assertStrongPassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { setPassword } from './queries/members.ts'
import { endSessionsOf } from './queries/sessions.ts'
import { lockMember, spendToken, voidTokens } from './queries/tokens.ts'

/**
 * Sets a new password by an emailed token, which is used up: opens a locked account and ends every session.
 * Throws `invalid-token`, `password-too-weak` (the token stays good).
 */
export async function resetPassword(ctx: Ctx, { token, password }: { token: string; password: string }): Promise<void> {
  const { tokenId, member } = await getTokenOwner(ctx, 'reset_password', token)
  assertStrongPassword(password, member)
  const passwordHash = await hashPassword(password)
  const now = ctx.now()
  const owner = { memberId: member.id }
  try {
    await runBatch(ctx.db, [
      lockMember(ctx.db, owner),
      spendToken(ctx.db, tokenId, now, passwordHash),
      setPassword(ctx.db, member.id, passwordHash),
      voidTokens(ctx.db, owner, ['reset_password'], now),
      endSessionsOf(ctx.db, member.id, now),
    ])
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'token_usable') throw invalidToken()
    throw error
  }
}
