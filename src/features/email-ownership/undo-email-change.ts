import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { accountExists } from '../members/account-exists.ts'
import { lockMember, selectStripeCustomer } from '../members/queries.ts'
import { getTokenOwner, refusingSpentToken } from '../one-time-tokens/get-token-owner.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { spendToken, voidTokens, voidUndoTokensSince } from '../one-time-tokens/queries/tokens.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'
import { clearPassword } from '../passwords/queries/credentials.ts'
import { forgetDevices } from '../sessions/queries/known-devices.ts'
import { endSessionsOf } from '../sessions/queries/session-rows.ts'
import { removeUnownedEmailOfOthers, replaceEmail } from './queries.ts'

/**
 * Gives an account its former address back, by the link that went there when the change was asked for. Whoever asked for
 * it knew the password, so this removes the password, ends every session and emails the address a link to set a new one.
 * Links that undo earlier changes stay valid, so that the oldest address has the last word.
 * Throws `invalid-token`, `account-exists` when the owner of another account has verified the address since.
 */
export async function undoEmailChange(ctx: Ctx, token: string): Promise<void> {
  const { token: given, member, sentTo } = await getTokenOwner(ctx, 'undo_email_change', token)
  const now = ctx.now()
  const owner = { memberId: member.id }
  const reset = await newTokenEmail(ctx, 'password_reset')
  const isOwned = member.email === sentTo && member.emailOwnedAt !== null
  try {
    const [[customer], , , others] = await refusingSpentToken(
      runBatch(
        ctx.db,
        [
          selectStripeCustomer(ctx.db, member.id),
          lockMember(ctx.db, owner),
          spendToken(ctx.db, given, now),
          // Otherwise a thief could block the undo by opening another account under the former address.
          removeUnownedEmailOfOthers(ctx.db, member.id, sentTo, now),
          replaceEmail(ctx.db, member.id, { email: sentTo, isOwned, now }),
          clearPassword(ctx.db, member.id),
          endSessionsOf(ctx.db, member.id, now),
          forgetDevices(ctx.db, member.id),
          voidTokens(ctx.db, owner, ['verify_email', 'reset_password'], now, reset.links),
          voidUndoTokensSince(ctx.db, member.id, given.id, now),
          insertTokenEmail(ctx.db, owner, reset),
        ],
        { onLostAnswer: 'fail' },
      ),
    )
    for (const { id } of others) ctx.log.warn('email-disowned', { member_id: id })
    const customerId = customer?.stripeCustomerId
    if (customerId && member.email !== sentTo)
      ctx.defer('update-stripe-email', () => ctx.payments.updateCustomer(customerId, { email: sentTo }))
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'members_email_unique')
      throw accountExists('email')
    throw error
  }
  ctx.log.warn('email-change-undone', { member_id: member.id })
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [reset.outboxId]))
}
