import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { updateCustomer } from '../../stripe/customers.ts'
import { selectStripeCustomer } from '../account/queries/default-address.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { getTokenOwner, refusingSpentToken } from './get-token-owner.ts'
import { forgetDevices } from './queries/devices.ts'
import { clearPassword, replaceEmail } from './queries/members.ts'
import { endSessionsOf } from './queries/sessions.ts'
import { insertTokenEmail } from './queries/token-emails.ts'
import { lockMember, spendToken, voidTokens } from './queries/tokens.ts'
import { accountExists } from './register.ts'
import { newTokenEmail } from './token-email.ts'

/**
 * Gives an account its former address back, by the link that went there when another one was asked for. Whoever asked
 * knew the password: it is void, every session has ended, and a link to set another goes to the address.
 * Throws `invalid-token`, `account-exists` when another account has taken the address since.
 */
export async function undoEmailChange(ctx: Ctx, token: string): Promise<void> {
  const { token: given, member, sentTo } = await getTokenOwner(ctx, 'undo_email_change', token)
  const now = ctx.now()
  const owner = { memberId: member.id }
  const reset = await newTokenEmail(ctx, 'password_reset')
  const isOwned = member.email === sentTo && member.emailOwnedAt !== null
  try {
    const [[customer]] = await refusingSpentToken(
      runBatch(
        ctx.db,
        [
          selectStripeCustomer(ctx.db, member.id),
          lockMember(ctx.db, owner),
          spendToken(ctx.db, given, now),
          replaceEmail(ctx.db, member.id, { email: sentTo, isOwned, now }),
          clearPassword(ctx.db, member.id),
          endSessionsOf(ctx.db, member.id, now),
          forgetDevices(ctx.db, member.id),
          voidTokens(ctx.db, owner, ['verify_email', 'undo_email_change', 'reset_password'], now, reset.links),
          insertTokenEmail(ctx.db, owner, reset),
        ],
        { onLostAnswer: 'fail' },
      ),
    )
    const customerId = customer?.stripeCustomerId
    if (customerId && member.email !== sentTo)
      ctx.defer('update-stripe-email', () => updateCustomer(ctx.stripe, customerId, { email: sentTo }))
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'members_email_unique')
      throw accountExists('email')
    throw error
  }
  ctx.log.warn('email-change-undone', { member_id: member.id })
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [reset.outboxId]))
}
