import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

/**
 * Unsubscribes the member or prospect with this code from all marketing email, and where a prospect became a member, both
 * of them. Unsubscribing again keeps the moment of the first time.
 */
export const unsubscribeByCode = (db: Db, code: string, now: Date) =>
  db.execute(sql`
    WITH left_members AS (
      UPDATE members SET unsubscribed_at = ${now.toISOString()}::timestamptz
      WHERE unsubscribed_at IS NULL
        AND (mb_cd = ${code} OR id = (SELECT converted_member_id FROM prospects WHERE pr_cd = ${code}))
    )
    UPDATE prospects SET unsubscribed_at = ${now.toISOString()}::timestamptz
    WHERE unsubscribed_at IS NULL
      AND (pr_cd = ${code} OR converted_member_id = (SELECT id FROM members WHERE mb_cd = ${code}))`)
