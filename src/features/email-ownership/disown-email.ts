import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { clearPendingEmail, lockMember, selectStripeCustomer } from '../members/queries.ts'
import { getTokenOwner, refusingSpentToken } from '../one-time-tokens/get-token-owner.ts'
import { spendToken, voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { deleteUnsentEmails, removeEmail } from './queries.ts'

/**
 * Removes an address from an account, by the link that went there: its reader says that the account is not theirs. The
 * account stays with whoever opened it, who may have mistyped. Throws `invalid-token`, also when the account's owner has
 * verified the address.
 */
export async function disownEmail(ctx: Ctx, token: string): Promise<void> {
  const owner = await getTokenOwner(ctx, 'disown_email', token)
  const { id } = owner.member
  const now = ctx.now()
  const [[customer]] = await refusingSpentToken(
    runBatch(
      ctx.db,
      [
        selectStripeCustomer(ctx.db, id),
        lockMember(ctx.db, { memberId: id }),
        spendToken(ctx.db, owner.token, now),
        owner.isPending ? clearPendingEmail(ctx.db, id, now) : removeEmail(ctx.db, id, now),
        deleteUnsentEmails(ctx.db, id, owner.sentTo),
        voidTokens(ctx.db, { memberId: id }, ['verify_email', 'reset_password'], now),
      ],
      { onLostAnswer: 'fail' },
    ),
  )
  const customerId = customer?.stripeCustomerId
  if (!owner.isPending && customerId)
    ctx.defer('update-stripe-email', () => ctx.payments.updateCustomer(customerId, { email: null }))
  ctx.log.warn('email-disowned', { member_id: id })
}
