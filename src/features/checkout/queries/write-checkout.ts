import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { jsonArgument } from '../../../db/json-argument.ts'
import type { checkoutDiscounts, checkoutItems, checkouts } from '../../../db/schema/checkout.ts'
import type { NewCustomer } from './buyer.ts'

/** A session that may be a checkout's own, and the fingerprint that it carries. */
type SessionClaim = { sessionId: string; fingerprint: string | null }

export type NewCheckout = {
  checkout: typeof checkouts.$inferInsert & { id: string; cartId: string; cartVersion: number; createdAt: Date }
  items: Omit<typeof checkoutItems.$inferInsert, 'checkoutId'>[]
  discounts: Omit<typeof checkoutDiscounts.$inferInsert, 'checkoutId' | 'customerKey'>[]
  /** The open checkout of this cart that the new one takes the place of. */
  replacedId: string | null
  /** The member's customer, when this checkout is the first to know it. */
  newCustomer: NewCustomer | null
}

/**
 * Writes the snapshot and reserves stock and redemptions; `src/db/functions/start_checkout.sql` does it.
 * Raises `cart_unchanged`, `checkout_still_open`, `checkout_one_open_per_cart`, `checkout_once_per_idempotency_key`,
 * `checkouts_pkey`, `discount_redemptions_within_limit`, `discount_limit_per_customer`, `stock_never_oversold`,
 * `stock_share_of_network`.
 */
export const startCheckoutStatement = (db: Db, { checkout, items, discounts, replacedId, newCustomer }: NewCheckout) =>
  db.execute(sql`SELECT start_checkout(${jsonArgument(checkout)}, ${jsonArgument(items)}, ${jsonArgument(discounts)},
    ${replacedId}::uuid, ${jsonArgument(newCustomer)})`)

/**
 * Ends a checkout and gives back what it held. Only for one whose session can no longer be paid; with `claim`, only if
 * that is its own session. Raises `checkout_still_open` when another call was faster.
 */
export const releaseStatement = (
  db: Db,
  checkoutId: string,
  to: 'expired' | 'failed',
  now: Date,
  claim: SessionClaim | null = null,
) =>
  db.execute(sql`SELECT release_checkout(${checkoutId}, ${to}, ${now.toISOString()}, ${claim?.sessionId ?? null}::text,
    ${claim?.fingerprint ?? null}::text)`)

const hold = (checkoutId: string, { sessionId, fingerprint }: SessionClaim, nextSweepAt: Date): SQL => sql`
  UPDATE checkouts SET status = 'processing', stripe_session_id = ${sessionId}, next_sweep_at = ${nextSweepAt.toISOString()}
  WHERE id = ${checkoutId} AND status = 'open'
    AND coalesce(stripe_session_id = ${sessionId}, fingerprint = ${fingerprint}::text)`

/** Raises `checkout_still_open` unless the checkout was open and this is its own session. */
export const markProcessing = (db: Db, checkoutId: string, claim: SessionClaim, nextSweepAt: Date) =>
  db.execute(sql`
    WITH moved AS (${hold(checkoutId, claim, nextSweepAt)} RETURNING id)
    SELECT assert_that(EXISTS (SELECT 1 FROM moved), 'checkout_still_open')`)

/** Keeps an open checkout, and what it holds, for an operator who decides about its payment; only for its own session. */
export const holdForOperator = (db: Db, checkoutId: string, claim: SessionClaim, nextSweepAt: Date) =>
  db.execute(hold(checkoutId, claim, nextSweepAt))

/** Also takes back that the checkout was given up: its buyer has come again. */
export const storeSession = (
  db: Db,
  checkoutId: string,
  session: { id: string; url: string | null },
  nextSweepAt: Date,
) =>
  db.execute(sql`
    UPDATE checkouts SET stripe_session_id = ${session.id}, stripe_session_url = ${session.url},
      next_sweep_at = ${nextSweepAt.toISOString()}, abandoned_at = NULL
    WHERE id = ${checkoutId} AND status = 'open' AND stripe_session_id IS NULL`)

/** The buyer was told that it did not work: the sweep need not wait. Another call may have got the session since. */
export const markAbandoned = (db: Db, checkoutId: string, now: Date) =>
  db.execute(sql`
    UPDATE checkouts SET abandoned_at = ${now.toISOString()}, next_sweep_at = ${now.toISOString()}
    WHERE id = ${checkoutId} AND status = 'open' AND stripe_session_id IS NULL`)
