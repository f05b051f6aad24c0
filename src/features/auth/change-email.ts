import type { Ctx } from '../../context.ts'
import { joinGuestOrdersStatements } from '../../db/guest-orders.ts'
import { ConstraintViolation, runBatchAsCaller } from '../../db/transaction.ts'
import { updateCustomer } from '../../stripe/customers.ts'
import { selectStripeCustomer } from '../account/queries/default-address.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { acceptStatements, checkPassword, refusingStalePassword } from './check-password.ts'
import { getMember } from './get-member.ts'
import type { Member } from './member.ts'
import { setEmail } from './queries/members.ts'
import { insertTokenEmail, voidTokens } from './queries/tokens.ts'
import { accountExists } from './register.ts'
import { newTokenEmail } from './token-email.ts'

/**
 * Gives the account another address, to be verified anew; links that went to the old one are void. Stripe's payment page
 * shows it once it was told, after the answer. The address that the account has already changes nothing. Throws `invalid-credentials` for a wrong password (which counts towards the lock),
 * `account-exists`, `session-ended`.
 */
export async function changeEmail(ctx: Ctx, input: { email: string; password: string }): Promise<Member> {
  const { memberId } = getMember(ctx)
  const checked = await checkPassword(ctx, { memberId }, input.password)
  const accepted = acceptStatements(ctx.db, checked)
  if (input.email === checked.member.email) {
    await refusingStalePassword(runBatchAsCaller(ctx, accepted))
    return checked.member
  }
  const email = await newTokenEmail(ctx, 'verify_email')
  const change = runBatchAsCaller(ctx, [
    selectStripeCustomer(ctx.db, memberId),
    ...accepted,
    // The last moment at which what was bought under a proven address is known to be the member's.
    ...(checked.member.emailVerifiedAt === null
      ? []
      : joinGuestOrdersStatements(ctx.db, memberId, checked.member.email, email.now)),
    setEmail(ctx.db, memberId, input.email, email.now),
    voidTokens(ctx.db, { memberId }, ['verify_email', 'reset_password'], email.now, email.tokenId),
    insertTokenEmail(ctx.db, { memberId }, email),
  ])
  try {
    const [[customer]] = await refusingStalePassword(change)
    const customerId = customer?.stripeCustomerId
    if (customerId)
      ctx.defer('update-stripe-email', () => updateCustomer(ctx.stripe, customerId, { email: input.email }))
  } catch (error) {
    if (!(error instanceof ConstraintViolation) || error.constraint !== 'members_email_unique') throw error
    await refusingStalePassword(runBatchAsCaller(ctx, acceptStatements(ctx.db, checked)))
    throw accountExists('email')
  }
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [email.outboxId]))
  return { ...checked.member, email: input.email, emailVerifiedAt: null }
}
