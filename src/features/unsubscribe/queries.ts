import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

/**
 * Takes whoever has this code off all marketing email: the member or prospect, and the other of the two where a prospect
 * became a member. The moment of the first time stays.
 */
export const unsubscribeCode = (db: Db, code: string, now: Date) =>
  db.execute(sql`
    WITH left_members AS (
      UPDATE members SET unsubscribed_at = ${now.toISOString()}::timestamptz
      WHERE unsubscribed_at IS NULL
        AND (mb_cd = ${code} OR id = (SELECT converted_member_id FROM prospects WHERE pr_cd = ${code}))
    )
    UPDATE prospects SET unsubscribed_at = ${now.toISOString()}::timestamptz
    WHERE unsubscribed_at IS NULL
      AND (pr_cd = ${code} OR converted_member_id = (SELECT id FROM members WHERE mb_cd = ${code}))`)
