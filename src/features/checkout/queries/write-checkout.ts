import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { SessionClaim } from '../../../db/functions/release-checkout.ts'

const hold = (checkoutId: string, { id, fingerprint }: SessionClaim, nextSweepAt: Date): SQL => sql`
  UPDATE checkouts SET status = 'processing', stripe_session_id = ${id}, next_sweep_at = ${nextSweepAt.toISOString()}
  WHERE id = ${checkoutId} AND status = 'open'
    AND coalesce(stripe_session_id = ${id}, fingerprint = ${fingerprint}::text)`

/** Raises `checkout_still_open` unless the checkout was open and this is its own session. */
export const markProcessing = (db: Db, checkoutId: string, session: SessionClaim, nextSweepAt: Date) =>
  db.execute(sql`
    WITH moved AS (${hold(checkoutId, session, nextSweepAt)} RETURNING id)
    SELECT assert_that(EXISTS (SELECT 1 FROM moved), 'checkout_still_open')`)

/** Keeps an open checkout, and what it holds, for an operator who decides about its payment; only for its own session. */
export const holdForOperator = (db: Db, checkoutId: string, session: SessionClaim, nextSweepAt: Date) =>
  db.execute(hold(checkoutId, session, nextSweepAt))

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
