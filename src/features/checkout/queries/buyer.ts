import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { NewCustomer } from '../../../db/functions/start-checkout.ts'
import { isRemovedAddress } from '../../members/queries.ts'

export type BuyerRow = {
  id: string
  /** Null for an account whose address was disowned; the payment page then asks for one. */
  email: string | null
  email_verified: boolean
  first_name: string
  last_name: string
  stripe_customer_id: string | null
  use_default_shipping_and_payment: boolean
  default_address: {
    name: string
    phone: string | null
    line1: string
    line2: string | null
    city: string
    state: string | null
    postal_code: string
    country: string
  } | null
}

/** The member's data for their payment page. */
export const selectBuyer = (db: Db, memberId: string) =>
  db.execute<BuyerRow>(sql`
    SELECT m.id, CASE WHEN NOT ${isRemovedAddress(sql`m.email`)} THEN m.email END AS email,
      m.email_verified_at IS NOT NULL AS email_verified, m.first_name, m.last_name, m.stripe_customer_id,
      m.use_default_shipping_and_payment,
      (SELECT json_build_object('name', a.name, 'phone', a.phone, 'line1', a.line1, 'line2', a.line2, 'city', a.city,
          'state', a.state, 'postal_code', a.postal_code, 'country', a.country)
        FROM member_default_addresses a WHERE a.member_id = m.id) AS default_address
    FROM members m WHERE m.id = ${memberId}::uuid`)

/** Stores a member's customer, unless another call has stored one meanwhile. */
const storeCustomer = (db: Db, memberId: string, { id, replaces }: NewCustomer) =>
  db.execute(sql`
    UPDATE members SET stripe_customer_id = ${id}
    WHERE id = ${memberId} AND stripe_customer_id IS NOT DISTINCT FROM ${replaces}::text`)

/** Replaces the customer of a member and of their open checkout, if that has no session yet. */
export const replaceCustomerStatements = (
  db: Db,
  { checkoutId, memberId }: { checkoutId: string; memberId: string },
  customer: NewCustomer,
) =>
  [
    storeCustomer(db, memberId, customer),
    db.execute(sql`
      UPDATE checkouts SET stripe_customer_id = ${customer.id}
      WHERE id = ${checkoutId} AND stripe_session_id IS NULL AND stripe_customer_id IS NOT DISTINCT FROM ${customer.replaces}::text`),
  ] as const
