import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'

/** A session that may be a checkout's own, with its fingerprint. */
export type SessionClaim = { id: string; fingerprint: string | null }

/**
 * Ends a checkout and releases its reservation; only for one whose session can no longer be paid. With `claim`, only if
 * that is its own session. Raises `checkout_still_open` when the checkout has another status by now.
 */
export const releaseCheckoutStatement = (
  db: Db,
  checkoutId: string,
  to: 'expired' | 'failed',
  now: Date,
  claim: SessionClaim | null = null,
) =>
  db.execute(sql`SELECT release_checkout(${checkoutId}, ${to}, ${now.toISOString()}, ${claim?.id ?? null}::text,
    ${claim?.fingerprint ?? null}::text)`)
