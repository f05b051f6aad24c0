import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { RETENTION } from '../retention.ts'
import { eraseContactStatements } from './anonymise.ts'

/** First in a batch: forbids sequential scans, so that the batch uses its indexes even while the tables are small. */
export const forbidSequentialScans = (db: Db) => db.execute(sql`SET LOCAL enable_seqscan = off`)

/** Deletes up to `limit` rows that are past their period, the oldest first, and skips rows that are locked. */
export const deleteExpired = (
  db: Db,
  { table, since, only }: (typeof RETENTION)[number],
  before: Date,
  limit: number,
) =>
  db.execute(sql`
    DELETE FROM ${sql.identifier(table)} WHERE ctid = ANY (ARRAY(
      SELECT t.ctid FROM ${sql.identifier(table)} t
      WHERE t.${sql.identifier(since)} < ${before.toISOString()} ${only === undefined ? sql`` : sql`AND (${sql.raw(only)})`}
      ORDER BY t.${sql.identifier(since)} LIMIT ${limit} FOR UPDATE SKIP LOCKED))`)

/**
 * Guests who were last seen before this moment and have not bought since. For those who have, or have become members, it
 * updates `last_seen_at`, so that the next run does not look at them again.
 */
export const claimForgottenGuests = (db: Db, before: Date, now: Date, limit: number) =>
  db.execute<{ id: string }>(sql`
    WITH due AS MATERIALIZED (
      SELECT p.id, CASE WHEN p.converted_member_id IS NOT NULL THEN ${now.toISOString()}::timestamptz
        ELSE (SELECT o.placed_at FROM orders o WHERE o.prospect_id = p.id ORDER BY o.id DESC LIMIT 1) END AS seen_at
      FROM prospects p WHERE p.last_seen_at < ${before.toISOString()}
      ORDER BY p.last_seen_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), seen AS (
      UPDATE prospects p SET last_seen_at = due.seen_at FROM due
      WHERE p.id = due.id AND due.seen_at >= ${before.toISOString()}
    )
    SELECT id FROM due WHERE seen_at IS NULL OR seen_at < ${before.toISOString()}`)

/** The statements that forget these guests. Raises `guest_has_not_bought_since` when one of them bought meanwhile. */
export function forgetGuestsStatements(db: Db, ids: string[], before: Date, at: Date) {
  const guests = sql`SELECT value::uuid FROM jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)`
  const orders = sql`SELECT id FROM orders WHERE prospect_id IN (${guests})`
  const statements: SQL[] = [
    // With this lock, an order that is being placed for one of them either waits or is seen by the assertion.
    sql`SELECT id FROM prospects WHERE id IN (${guests}) ORDER BY id FOR UPDATE`,
    sql`SELECT assert_that(NOT EXISTS (
      SELECT 1 FROM orders WHERE prospect_id IN (${guests}) AND placed_at >= ${before.toISOString()}),
      'guest_has_not_bought_since')`,
    ...eraseContactStatements(orders, at.toISOString()),
    sql`DELETE FROM prospects WHERE id IN (${guests})`,
  ]
  const [first, ...rest] = statements.map((statement) => db.execute(statement))
  if (first === undefined) throw new Error('there are statements')
  return [first, ...rest] as const
}
