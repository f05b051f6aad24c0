import type { Ctx } from '../../context.ts'
import { joinGuestOrdersStatements } from '../../db/guest-orders.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { getTokenOwner, invalidToken } from './get-token-owner.ts'
import { setEmailVerified } from './queries/members.ts'
import { lockMember, spendToken } from './queries/tokens.ts'

/**
 * Proves by an emailed token that the address is the member's; what was bought under it without an account becomes
 * theirs. Throws `invalid-token`, for a link to an address that the member no longer has as well.
 */
export async function verifyEmail(ctx: Ctx, token: string): Promise<void> {
  const { tokenId, member } = await getTokenOwner(ctx, 'verify_email', token)
  const now = ctx.now()
  try {
    await runBatch(
      ctx.db,
      [
        lockMember(ctx.db, { memberId: member.id }),
        spendToken(ctx.db, tokenId, now),
        setEmailVerified(ctx.db, member.id, now),
        ...joinGuestOrdersStatements(ctx.db, member.id, member.email, now),
      ],
      { onLostAnswer: 'fail' },
    )
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'token_usable') throw invalidToken()
    throw error
  }
}
