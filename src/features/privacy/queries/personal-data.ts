import { type SQL, sql } from 'drizzle-orm'
import { canonicalOf } from '../../../db/canonical.ts'

/** The canonical address of a member who is known to read it; no row otherwise. */
export const ownedAddress = (memberId: string): SQL => sql`
  SELECT ${canonicalOf(sql`email`)} FROM members WHERE id = ${memberId}::uuid AND email_owned_at IS NOT NULL`

/** Whether a column holds this address, given as a query of one canonical address or none. */
export const isAddressOf = (column: SQL, address: SQL): SQL => sql`${canonicalOf(column)} = (${address})`

/**
 * Prospects that the member is known to be now, by an address that they are known to read. What they bought is the
 * member's even when it was bought after that, without signing in. An address that the member has left may be somebody
 * else's.
 */
export const ownProspects = (memberId: string): SQL => sql`
  SELECT p.id FROM prospects p JOIN members m ON m.id = p.converted_member_id
  WHERE m.id = ${memberId}::uuid AND m.email_owned_at IS NOT NULL AND ${canonicalOf(sql`p.email`)} = ${canonicalOf(sql`m.email`)}`

/** Two lists and no OR, here and below: each is found by its index, however many orders the shop has. */
export const ownOrders = (memberId: string): SQL => sql`
  SELECT id FROM orders WHERE member_id = ${memberId}::uuid
  UNION ALL SELECT id FROM orders WHERE member_id IS NULL AND prospect_id IN (${ownProspects(memberId)})`

export const ownCheckouts = (memberId: string): SQL => sql`
  SELECT id FROM checkouts WHERE member_id = ${memberId}::uuid
  UNION SELECT checkout_id FROM orders WHERE id IN (${ownOrders(memberId)})`

/**
 * Emails that are about no order. By address only if that is known to be the member's: an account opened under
 * somebody else's address must not reach what was sent to them.
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
