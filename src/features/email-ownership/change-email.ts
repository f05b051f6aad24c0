import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatchAsCaller } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { accountExists } from '../members/account-exists.ts'
import type { Member } from '../members/member.ts'
import { clearPendingEmail } from '../members/queries.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'
import { acceptStatements, checkPassword, refusingStalePassword } from '../passwords/check-password.ts'
import { setPendingEmail } from './queries.ts'

/**
 * Stores a pending address for the account, which replaces the present one once the link that is sent there is followed.
 * The present address, if it is verified, gets an email with a link that undoes the change. Asking for the present
 * address drops a pending one.
 * Throws `invalid-credentials` for a wrong password (which counts towards the lock), `account-exists`, `session-ended`.
 */
export async function changeEmail(ctx: Ctx, input: { email: string; password: string }): Promise<Member> {
  const { memberId } = requireMember(ctx.actor)
  const checked = await checkPassword(ctx, { memberId }, input.password)
  const accepted = acceptStatements(ctx.db, checked)
  if (input.email === checked.member.email) {
    await refusingStalePassword(runBatchAsCaller(ctx, [...accepted, clearPendingEmail(ctx.db, memberId, ctx.now())]))
    return { ...checked.member, pendingEmail: null }
  }
  const verification = await newTokenEmail(ctx, 'verification')
  const notice = await newTokenEmail(ctx, 'email_change_requested')
  try {
    await refusingStalePassword(
      runBatchAsCaller(ctx, [
        ...accepted,
        setPendingEmail(ctx.db, memberId, input.email, ctx.now()),
        voidTokens(ctx.db, { memberId }, ['verify_email'], ctx.now(), verification.links),
        insertTokenEmail(ctx.db, { memberId }, verification),
        insertTokenEmail(ctx.db, { memberId }, notice),
      ]),
    )
  } catch (error) {
    if (!(error instanceof ConstraintViolation) || error.constraint !== 'members_email_unique') throw error
    await refusingStalePassword(runBatchAsCaller(ctx, acceptStatements(ctx.db, checked)))
    throw accountExists('email')
  }
  ctx.log.info('email-change-requested', { member_id: memberId })
  const isTold = checked.member.emailVerifiedAt !== null
  const written = isTold ? [verification.outboxId, notice.outboxId] : [verification.outboxId]
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, written))
  return { ...checked.member, pendingEmail: input.email }
}
