import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { clearPendingEmail } from '../members/queries.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'
import { forgetDevices } from '../sessions/queries/known-devices.ts'
import { endSessionsOf } from '../sessions/queries/session-rows.ts'
import { brokenRulesOf } from './assert-strong-password.ts'
import { acceptStatements, checkPassword, refusingStalePassword } from './check-password.ts'
import { hashPassword } from './password-hash.ts'
import { passwordTooWeak } from './password-strength.ts'

/**
 * Replaces the member's password and ends all their sessions but the caller's. Also drops a pending change of address,
 * which may be a thief's, and emails the owner a link to reset the password. Two round trips.
 * Throws `invalid-credentials` for a wrong current password (which counts towards the lock), `password-too-weak`,
 * `session-ended`.
 */
export async function changePassword(
  ctx: Ctx,
  { currentPassword, password }: { currentPassword: string; password: string },
): Promise<void> {
  const { memberId, sessionId } = requireMember(ctx.actor)
  const checked = await checkPassword(ctx, { memberId }, currentPassword)
  const broken = await brokenRulesOf(ctx, password, checked.member)
  if (broken.length > 0) {
    await refusingStalePassword(runBatchAsCaller(ctx, acceptStatements(ctx.db, checked)))
    throw passwordTooWeak(broken)
  }
  const newHash = await hashPassword(password)
  const notice = await newTokenEmail(ctx, 'password_changed')
  const { now } = notice
  await refusingStalePassword(
    runBatchAsCaller(ctx, [
      ...acceptStatements(ctx.db, checked, newHash),
      endSessionsOf(ctx.db, memberId, now, sessionId),
      forgetDevices(ctx.db, memberId, ctx.browser.deviceId),
      clearPendingEmail(ctx.db, memberId, now),
      voidTokens(ctx.db, { memberId }, ['reset_password'], now, notice.links),
      insertTokenEmail(ctx.db, { memberId }, notice),
    ]),
  )
  ctx.log.info('password-changed', { member_id: memberId, by: 'member' })
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [notice.outboxId]))
}
