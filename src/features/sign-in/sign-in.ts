import { requireShopper } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { CART_MERGE_RACE, mergeCartStatements } from '../cart/queries/merge-cart.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import {
  acceptStatements,
  type CheckedPassword,
  checkPassword,
  invalidCredentials,
} from '../passwords/check-password.ts'
import { rememberDevice } from '../sessions/queries/known-devices.ts'
import { insertSession } from '../sessions/queries/session-rows.ts'
import { newSession, type SignedIn } from '../sessions/session-tokens.ts'
import { deviceIdFor, type SignInClient } from '../sessions/sign-in-client.ts'

/** How often to start again after a race with a change of the password, or with the member's first cart. */
const ATTEMPTS = 3

/**
 * Signs a member in by username or email, and merges the visitor's cart into theirs. Two round trips: one counts the
 * attempt and reads the hash, one writes the session. Throws `invalid-credentials`.
 */
export async function signIn(
  ctx: Ctx,
  { login, password, ...client }: { login: string; password: string } & SignInClient,
): Promise<SignedIn> {
  const { visitorId } = requireShopper(ctx.actor)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const checked = await checkPassword(ctx, { login }, password)
    const opened = await openSession(ctx, checked, client, visitorId)
    if (opened !== undefined) return opened
  }
  throw invalidCredentials()
}

/** Writes the session; undefined when the password has been changed since it was compared. */
async function openSession(
  ctx: Ctx,
  checked: CheckedPassword,
  client: SignInClient,
  visitorId: string | null,
): Promise<SignedIn | undefined> {
  const { member } = checked
  const { session, tokens } = await newSession(ctx, member.id, client.userAgent)
  const deviceId = deviceIdFor(ctx, client)
  for (let attempt = 1; ; attempt++) {
    try {
      await runBatch(ctx.db, [
        ...acceptStatements(ctx.db, checked),
        insertSession(ctx.db, session),
        ...(deviceId === null ? [] : [rememberDevice(ctx.db, member.id, deviceId, ctx.now())]),
        ...(visitorId === null ? [] : mergeCartStatements(ctx.db, member.id, visitorId)),
      ])
      ctx.log.info('signed-in', {
        member_id: member.id,
        session_id: session.id,
        is_known_device: checked.deviceId !== null,
      })
      return { member, tokens, deviceId }
    } catch (error) {
      if (!(error instanceof ConstraintViolation)) throw error
      if (error.constraint === 'credentials_unchanged') return undefined
      if (error.constraint !== CART_MERGE_RACE || attempt === ATTEMPTS) throw error
    }
  }
}
