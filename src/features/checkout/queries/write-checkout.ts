import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { SessionClaim } from '../../../db/functions/release-checkout.ts'

const hold = (checkoutId: string, { id, fingerprint }: SessionClaim, nextSweepAt: Date): SQL => sql`
  UPDATE checkouts SET status = 'processing', stripe_session_id = ${id}, next_sweep_at = ${nextSweepAt.toISOString()}
  WHERE id = ${checkoutId} AND status = 'open'
    AND coalesce(stripe_session_id = ${id}, fingerprint = ${fingerprint}::text)`

/** Moves a checkout to `processing`. Raises `checkout_still_open` unless it was open and this is its own session. */
export const markProcessing = (db: Db, checkoutId: string, session: SessionClaim, nextSweepAt: Date) =>
  db.execute(sql`
    WITH moved AS (${hold(checkoutId, session, nextSweepAt)} RETURNING id)
    SELECT assert_that(EXISTS (SELECT 1 FROM moved), 'checkout_still_open')`)

/** Keeps an open checkout and its reservation until an operator decides about its payment; only for its own session. */
export const holdForOperator = (db: Db, checkoutId: string, session: SessionClaim, nextSweepAt: Date) =>
  db.execute(hold(checkoutId, session, nextSweepAt))

/** Stores the session's id and clears `abandoned_at`, since the buyer has come back. */
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

/** Marks that the buyer got an error, so that the sweep settles the checkout at once, unless it has a session by now. */
export const markAbandoned = (db: Db, checkoutId: string, now: Date) =>
  db.execute(sql`
    UPDATE checkouts SET abandoned_at = ${now.toISOString()}, next_sweep_at = ${now.toISOString()}
    WHERE id = ${checkoutId} AND status = 'open' AND stripe_session_id IS NULL`)
