import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { clearPendingEmail, lockMember } from '../members/queries.ts'
import { getTokenOwner, refusingSpentToken } from '../one-time-tokens/get-token-owner.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { spendToken, voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'
import { forgetDevices, rememberDevice } from '../sessions/queries/known-devices.ts'
import { endSessionsOf } from '../sessions/queries/session-rows.ts'
import { assertStrongPassword } from './assert-strong-password.ts'
import { hashPassword } from './password-hash.ts'
import { setPassword } from './queries/credentials.ts'

/**
 * Sets a new password with an emailed token, which it uses up. Unlocks the account, ends every session, drops a pending
 * change of address, which may be a thief's, and emails the owner. Only the caller's browser stays known, so that
 * whoever locked the account cannot lock its owner out again. Answers the id of that browser.
 * Throws `invalid-token`, `password-too-weak` (the token stays good).
 */
export async function resetPassword(
  ctx: Ctx,
  { token, password }: { token: string; password: string },
): Promise<{ deviceId: string }> {
  const { token: given, member } = await getTokenOwner(ctx, 'reset_password', token)
  await assertStrongPassword(ctx, password, member)
  const passwordHash = await hashPassword(password)
  const notice = await newTokenEmail(ctx, 'password_changed')
  const { now } = notice
  const owner = { memberId: member.id }
  const deviceId = ctx.browser.deviceId ?? newId()
  await refusingSpentToken(
    runBatch(ctx.db, [
      lockMember(ctx.db, owner),
      spendToken(ctx.db, given, now, passwordHash),
      setPassword(ctx.db, member.id, passwordHash),
      clearPendingEmail(ctx.db, member.id, now),
      voidTokens(ctx.db, owner, ['reset_password'], now, notice.links),
      insertTokenEmail(ctx.db, owner, notice),
      endSessionsOf(ctx.db, member.id, now),
      forgetDevices(ctx.db, member.id),
      rememberDevice(ctx.db, member.id, deviceId, now),
    ]),
  )
  ctx.log.info('password-changed', { member_id: member.id, by: 'emailed-link' })
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [notice.outboxId]))
  return { deviceId }
}
