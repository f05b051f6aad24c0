import type { Ctx } from '../../context.ts'
import { releaseCheckoutStatement } from '../../db/functions/release-checkout.ts'
import { ConstraintViolation, runBatch } from '../../db/transaction.ts'
import { isRefused, stripeApiError } from '../../payments/errors.ts'
import { openSession } from './open-session.ts'
import type { CheckoutRow } from './queries/read-checkout.ts'
import { isOwnSession } from './rules.ts'
import { type Settlement, settleCheckout } from './settle-checkout.ts'
import { unknownSession } from './unknown-session.ts'

const SETTLED_AFTER_MS = 10 * 60_000
/** How much Stripe's clock may differ from ours. */
const STRIPE_CLOCK_SKEW_MS = 5 * 60_000
const LIST_PAGES = 20

/**
 * Expires an open checkout's session at Stripe, so that it can no longer be paid. Answers null when its reservation may be
 * released, or how the checkout was settled if the customer had paid before. Throws `stripe-api-error`: the session may
 * still be paid, and nothing may be released.
 */
export async function endSession(ctx: Ctx, checkout: CheckoutRow): Promise<Settlement | null> {
  const sessionId = checkout.stripe_session_id ?? (await findSessionId(ctx, checkout))
  if (sessionId === null) return null
  const session = await ctx.payments.endCheckoutSession(sessionId)
  if (session === undefined) throw await unknownSession(ctx, sessionId)
  if (session.state === 'expired') return null
  if (session.state === 'open') throw stripeApiError(new Error(`Stripe did not end session ${sessionId}`))
  return settleCheckout(ctx, { session })
}

/** The checkout's session, found under its idempotency key if its id was never stored; null when Stripe has none. */
async function findSessionId(ctx: Ctx, checkout: CheckoutRow): Promise<string | null> {
  try {
    return (await openSession(ctx, checkout)).id
  } catch (error) {
    // Stripe checks the idempotency key before the parameters, so a refusal of the parameters means that no session was
    // made under the key.
    if (isRefused(error)) return null
    if (ctx.now().getTime() - new Date(checkout.created_at).getTime() < SETTLED_AFTER_MS) throw error
    return findSessionIdByListing(ctx, checkout, error)
  }
}

/**
 * Finds the session in Stripe's list, for when Stripe keeps repeating a failure under the key, which it does for a day. By
 * then no request can be running any more, so the list is complete. Throws `failure` when the list is too long to read.
 */
async function findSessionIdByListing(ctx: Ctx, checkout: CheckoutRow, failure: unknown): Promise<string | null> {
  const since = new Date(new Date(checkout.created_at).getTime() - STRIPE_CLOCK_SKEW_MS)
  const { sessions, complete } = await ctx.payments.listCheckoutSessions({ since, pages: LIST_PAGES })
  const made = sessions.filter((session) => session.isMadeByShop && session.checkoutId === checkout.id)
  // A former Worker may have opened the page without a fingerprint; while it can be paid, nothing may be released.
  const found =
    made.find((session) => isOwnSession(checkout, session)) ?? made.find(({ fingerprint }) => fingerprint === null)
  if (found === undefined && !complete) throw failure
  return found?.id ?? null
}

/** Ends a checkout at Stripe, then releases its reservation. Throws `stripe-api-error`. */
export async function endCheckout(ctx: Ctx, checkout: CheckoutRow): Promise<Settlement> {
  const settled = await endSession(ctx, checkout)
  if (settled !== null) return settled
  await releaseCheckout(ctx, checkout.id)
  return { status: 'expired' }
}

/** Releases a checkout's reservation. Call it only when Stripe has no session for it that could be paid. */
export async function releaseCheckout(ctx: Ctx, checkoutId: string): Promise<void> {
  try {
    await runBatch(ctx.db, [releaseCheckoutStatement(ctx.db, checkoutId, 'expired', ctx.now())])
    ctx.log.info('checkout-released', { checkout_id: checkoutId, status: 'expired' })
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'checkout_still_open')) throw error
  }
}
