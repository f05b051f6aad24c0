import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

const LIMIT = 500

/** Idempotency keys are promised for a day. */
export const deleteOldIdempotencyKeys = (db: Db, before: Date) =>
  db.execute(sql`
    DELETE FROM idempotency_keys WHERE (scope, key) IN (
      SELECT scope, key FROM idempotency_keys WHERE created_at < ${before.toISOString()} ORDER BY created_at LIMIT ${LIMIT})`)

/** Visitors' carts outlive their cookie by nothing; one that is being paid for stays. */
export const deleteForgottenCarts = (db: Db, before: Date) =>
  db.execute(sql`
    DELETE FROM carts WHERE id IN (
      SELECT id FROM carts k WHERE updated_at < ${before.toISOString()} AND member_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM checkouts c WHERE c.cart_id = k.id AND c.status IN ('open', 'processing'))
      ORDER BY updated_at LIMIT ${LIMIT})`)

/** Sessions whose refresh token has run out. */
export const deleteOldSessions = (db: Db, before: Date) =>
  db.execute(sql`
    DELETE FROM sessions WHERE id IN (
      SELECT id FROM sessions WHERE expires_at < ${before.toISOString()} ORDER BY expires_at LIMIT ${LIMIT})`)

export const deleteOldOneTimeTokens = (db: Db, before: Date) =>
  db.execute(sql`
    DELETE FROM one_time_tokens WHERE id IN (
      SELECT id FROM one_time_tokens WHERE expires_at < ${before.toISOString()} ORDER BY expires_at LIMIT ${LIMIT})`)
