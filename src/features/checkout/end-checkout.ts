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
const CLOCK_SKEW_MS = 5 * 60_000
const LIST_PAGES = 20

/**
 * Makes sure at Stripe that an open checkout can no longer be paid. Answers null when that is so (its reservation may
 * be released), or how it was settled when the customer had been faster.
 * Throws `stripe-api-error`: then nothing is known and nothing may be released.
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

/** A session whose answer was lost is found under its idempotency key. Null when Stripe has none and makes none. */
async function findSessionId(ctx: Ctx, checkout: CheckoutRow): Promise<string | null> {
  try {
    return (await openSession(ctx, checkout)).id
  } catch (error) {
    // Stripe replays what it once answered under the key, or says that the key stands for something else, before it
    // looks at the parameters: a refusal means that there is no session.
    if (isRefused(error)) return null
    if (ctx.now().getTime() - new Date(checkout.created_at).getTime() < SETTLED_AFTER_MS) throw error
    return findSessionIdByListing(ctx, checkout, error)
  }
}

/**
 * Stripe repeats a failure under its key for a day. Once no request can be under way any more, all sessions since then
 * tell whether there is one. Throws `failure` when Stripe has more of them than can be looked through.
 */
async function findSessionIdByListing(ctx: Ctx, checkout: CheckoutRow, failure: unknown): Promise<string | null> {
  const since = new Date(new Date(checkout.created_at).getTime() - CLOCK_SKEW_MS)
  const { sessions, complete } = await ctx.payments.listCheckoutSessions({ since, pages: LIST_PAGES })
  const made = sessions.filter((session) => session.isMadeByShop && session.checkoutId === checkout.id)
  // A Worker that knows of no fingerprints may have made the page: nothing is released while it can be paid.
  const found =
    made.find((session) => isOwnSession(checkout, session)) ?? made.find(({ fingerprint }) => fingerprint === null)
  if (found === undefined && !complete) throw failure
  return found?.id ?? null
}

/** Ends a checkout at Stripe, then gives back what it held. Throws `stripe-api-error`. */
export async function endCheckout(ctx: Ctx, checkout: CheckoutRow): Promise<Settlement> {
  const settled = await endSession(ctx, checkout)
  if (settled !== null) return settled
  await releaseCheckout(ctx, checkout.id)
  return { status: 'expired' }
}

/** Gives back what a checkout held. Only when Stripe has no session for it that could be paid. */
export async function releaseCheckout(ctx: Ctx, checkoutId: string): Promise<void> {
  try {
    await runBatch(ctx.db, [releaseCheckoutStatement(ctx.db, checkoutId, 'expired', ctx.now())])
    ctx.log.info('checkout-released', { checkout_id: checkoutId, status: 'expired' })
  } catch (error) {
    if (!(error instanceof ConstraintViolation && error.constraint === 'checkout_still_open')) throw error
  }
}
