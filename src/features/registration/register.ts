import { requireShopper } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { CART_MERGE_RACE, mergeCartStatements } from '../cart/queries/merge-cart.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { newId, newMemberCode } from '../../shared/ids.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { accountExists } from '../members/account-exists.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'
import { assertStrongPassword } from '../passwords/assert-strong-password.ts'
import { hashPassword } from '../passwords/password-hash.ts'
import { rememberDevice } from '../sessions/queries/known-devices.ts'
import { insertSession } from '../sessions/queries/session-rows.ts'
import { newSession, type SignedIn } from '../sessions/session-tokens.ts'
import { deviceIdFor, type SignInClient } from '../sessions/sign-in-client.ts'
import { insertMember } from './queries.ts'

export type Registration = {
  username: string
  email: string
  password: string
  newsletter: boolean
} & SignInClient

/** How often to try again when the member code is taken, which is rare, or the cart's merge met another request. */
const ATTEMPTS = 3

/**
 * Opens an account and signs its member in: one batch writes member, session and verification email, and takes over the
 * visitor's cart.
 * Throws `password-too-weak`, `account-exists`.
 */
export async function register(ctx: Ctx, input: Registration): Promise<SignedIn> {
  const { visitorId } = requireShopper(ctx.actor)
  const { username, email, newsletter } = input
  await assertStrongPassword(ctx, input.password, { username, email, firstName: '', lastName: '' })
  const createdAt = ctx.now()
  const names = { firstName: '', lastName: '' }
  const unproven = { emailVerifiedAt: null, emailOwnedAt: null, pendingEmail: null }
  const member = { id: newId(), username, email, ...unproven, ...names, newsletter, createdAt }
  const passwordHash = await hashPassword(input.password)
  const { session, tokens } = await newSession(ctx, member.id, input.userAgent)
  const deviceId = deviceIdFor(ctx, input)
  const verification = await newTokenEmail(ctx, 'verification')
  const statements = (mbCd: string) =>
    [
      insertMember(ctx.db, { ...member, mbCd, passwordHash }),
      insertSession(ctx.db, session),
      ...(deviceId === null ? [] : [rememberDevice(ctx.db, member.id, deviceId, createdAt)]),
      insertTokenEmail(ctx.db, { memberId: member.id }, verification),
      ...(visitorId === null ? [] : mergeCartStatements(ctx.db, member.id, visitorId)),
    ] as const
  for (let attempt = 1; ; attempt++) {
    try {
      await runBatch(ctx.db, statements(newMemberCode()))
      break
    } catch (error) {
      if (!(error instanceof ConstraintViolation)) throw error
      if (error.constraint === 'members_username_unique') throw accountExists('username')
      if (error.constraint === 'members_email_unique') throw accountExists('email')
      const isRace = error.constraint === 'members_mb_cd_unique' || error.constraint === CART_MERGE_RACE
      if (!isRace || attempt === ATTEMPTS) throw error
    }
  }
  ctx.log.info('member-registered', { member_id: member.id, session_id: session.id })
  ctx.defer('enqueue-email', () => enqueueEmails(ctx, [verification.outboxId]))
  return { member, tokens, deviceId }
}
