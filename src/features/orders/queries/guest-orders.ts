import { sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'
import type { Db } from '../../../db/client.ts'
import { canonical } from '../../../shared/canonical.ts'

/**
 * Moves guest orders under this address to the member, in the batch that marks the address as theirs. Running it again
 * changes nothing.
 */
export function joinGuestOrdersStatements(db: Db, memberId: string, email: string, now: Date) {
  return [
    db.execute(sql`
      UPDATE prospects SET converted_member_id = ${memberId}, converted_at = ${now.toISOString()}
      WHERE ${canonicalOf(sql`email`)} = ${canonical(email)} AND converted_member_id IS DISTINCT FROM ${memberId}::uuid`),
    db.execute(sql`
      UPDATE orders SET member_id = ${memberId}, prospect_id = NULL
      WHERE member_id IS NULL
        AND prospect_id IN (SELECT id FROM prospects WHERE ${canonicalOf(sql`email`)} = ${canonical(email)})`),
  ] as const
}
