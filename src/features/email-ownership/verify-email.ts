import type { Ctx } from '../../context.ts'
import { joinGuestOrdersStatements } from '../orders/queries/guest-orders.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { accountExists } from '../members/account-exists.ts'
import { lockMember, selectStripeCustomer } from '../members/queries.ts'
import { getTokenOwner, refusingSpentToken, type TokenOwner } from '../one-time-tokens/get-token-owner.ts'
import { spendToken, voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { acceptStatements, checkPassword, refusingStalePassword } from '../passwords/check-password.ts'
import { replaceEmail, setEmailVerified } from './queries.ts'

/**
 * Marks an address as verified by an emailed token; a pending address replaces the present one. The token alone shows
 * that somebody reads the address. With the member's session or password as well, that somebody is the member, who then
 * gets the orders that were placed under the address without an account.
 * Throws `invalid-token`, `invalid-credentials` for a wrong password (which counts towards the lock), `account-exists`.
 */
export async function verifyEmail(
  ctx: Ctx,
  { token, password }: { token: string; password?: string | undefined },
): Promise<void> {
  const owner = await getTokenOwner(ctx, 'verify_email', token)
  const { member, isPending } = owner
  const checked = password === undefined ? undefined : await checkPassword(ctx, { memberId: member.id }, password)
  const isOwned = checked !== undefined || owner.isCaller
  try {
    const [[customer]] = await refusingStalePassword(
      refusingSpentToken(
        runBatch(
          ctx.db,
          [
            selectStripeCustomer(ctx.db, member.id),
            lockMember(ctx.db, { memberId: member.id }),
            ...(checked === undefined ? [] : acceptStatements(ctx.db, checked)),
            spendToken(ctx.db, owner.token, ctx.now()),
            ...verifyStatements(ctx, owner, isOwned),
          ],
          { onLostAnswer: 'fail' },
        ),
      ),
    )
    const customerId = customer?.stripeCustomerId
    if (isPending && customerId)
      ctx.defer('update-stripe-email', () => ctx.payments.updateCustomer(customerId, { email: owner.sentTo }))
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'members_email_unique')
      throw accountExists('email')
    throw error
  }
  ctx.log.info(isPending ? 'email-changed' : 'email-verified', { member_id: member.id, is_owned: isOwned })
}

function verifyStatements(ctx: Ctx, { member, sentTo, isPending }: TokenOwner, isOwned: boolean) {
  const now = ctx.now()
  const joining = isOwned ? joinGuestOrdersStatements(ctx.db, member.id, sentTo, now) : []
  if (!isPending) return [setEmailVerified(ctx.db, member.id, isOwned, now), ...joining]
  return [
    // From now on nothing ties orders under the former address to this member, so they join the account first.
    ...(member.emailOwnedAt === null ? [] : joinGuestOrdersStatements(ctx.db, member.id, member.email, now)),
    replaceEmail(ctx.db, member.id, { email: sentTo, isOwned, now }),
    voidTokens(ctx.db, { memberId: member.id }, ['verify_email', 'reset_password'], now),
    ...joining,
  ]
}
