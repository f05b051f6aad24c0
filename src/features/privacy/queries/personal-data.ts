import { type SQL, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'

/** The canonical address of a member who has verified it themselves; no row otherwise. */
export const ownedAddress = (memberId: string): SQL => sql`
  SELECT ${canonicalOf(sql`email`)} FROM members WHERE id = ${memberId}::uuid AND email_owned_at IS NOT NULL`

/** The condition that a column holds this address; `address` is a query of one canonical address or none. */
export const isAddressOf = (column: SQL, address: SQL): SQL => sql`${canonicalOf(column)} = (${address})`

/**
 * Prospects who are this member, by the address that the member has verified. Their orders are the member's, also those
 * placed later without signing in. A former address does not count, since it may be somebody else's by now.
 */
export const ownProspects = (memberId: string): SQL => sql`
  SELECT p.id FROM prospects p JOIN members m ON m.id = p.converted_member_id
  WHERE m.id = ${memberId}::uuid AND m.email_owned_at IS NOT NULL AND ${canonicalOf(sql`p.email`)} = ${canonicalOf(sql`m.email`)}`

/** The ids of the member's orders. A UNION and no OR, here and below, so that each part uses its index. */
export const ownOrders = (memberId: string): SQL => sql`
  SELECT id FROM orders WHERE member_id = ${memberId}::uuid
  UNION ALL SELECT id FROM orders WHERE member_id IS NULL AND prospect_id IN (${ownProspects(memberId)})`

export const ownCheckouts = (memberId: string): SQL => sql`
  SELECT id FROM checkouts WHERE member_id = ${memberId}::uuid
  UNION SELECT checkout_id FROM orders WHERE id IN (${ownOrders(memberId)})`

/**
 * Emails to the member that are about no order. They are found by address only if the member has verified it: an account
 * under a stranger's address must not reach the stranger's emails.
 */
export const ownNotices = (memberId: string): SQL => sql`
  SELECT id FROM (
    SELECT id, em_cd FROM email_outbox
    WHERE order_id IS NULL AND variables->>'mb_cd' = (SELECT mb_cd FROM members WHERE id = ${memberId}::uuid)
    UNION SELECT id, em_cd FROM email_outbox
    WHERE order_id IS NULL
      AND variables->>'checkout_id' IN (SELECT id::text FROM checkouts WHERE member_id = ${memberId}::uuid)
    UNION SELECT id, em_cd FROM email_outbox
    WHERE order_id IS NULL AND ${isAddressOf(sql`to_address`, ownedAddress(memberId))}) notice
  WHERE em_cd NOT IN (SELECT em_cd FROM email_templates WHERE audience = 'operator')`
