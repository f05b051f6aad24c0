import { type SQL, sql } from 'drizzle-orm'
import { isAddressOf } from './personal-data.ts'
import { listOf } from '../../../db/status-list.ts'
import { GIVEN_UP } from '../../checkout/transitions.ts'

/** What stands where an address stood. */
export const ERASED = '[erased]'

/** Takes from orders and all that hangs on them what leads to the person. `orders` and below: a query of ids. */
export const contactStatements = (orders: SQL, at: string): SQL[] => [
  sql`UPDATE order_shipping_addresses SET phone = NULL WHERE phone IS NOT NULL AND order_id IN (${orders})`,
  sql`UPDATE order_billing_addresses SET phone = NULL WHERE phone IS NOT NULL AND order_id IN (${orders})`,
  sql`UPDATE order_payments SET stripe_customer_id = NULL WHERE order_id IN (${orders})`,
  sql`UPDATE order_email_failures SET customer_email = ${ERASED}, message = ${ERASED}, notes = '',
      resolved_at = coalesce(resolved_at, ${at}::timestamptz), resolved_by = coalesce(resolved_by, 'erasure')
    WHERE order_id IN (${orders})`,
  sql`UPDATE emails_sent SET to_address = ${ERASED} WHERE order_id IN (${orders})`,
  sql`UPDATE email_outbox SET to_address = ${ERASED}, variables = '{}', last_error = NULL WHERE order_id IN (${orders})`,
  ...checkoutStatements(sql`SELECT checkout_id FROM orders WHERE id IN (${orders})`),
  sql`UPDATE orders SET email = ${ERASED} WHERE id IN (${orders})`,
]

/** The same of checkouts. */
const checkoutStatements = (checkouts: SQL): SQL[] => [
  sql`UPDATE checkout_discounts SET customer_key = NULL WHERE checkout_id IN (${checkouts})`,
  sql`UPDATE checkouts SET email = NULL, visitor_id = NULL, idempotency_key = NULL, stripe_customer_id = NULL,
      stripe_session_url = NULL
    WHERE id IN (${checkouts})`,
]

/**
 * Takes an address off checkouts that visitors began. Who typed it is not known: the checkout stays theirs. What counts
 * against a code's limit stays while it counts, as a digest.
 */
export const addressOnCheckoutsStatements = (address: SQL): SQL[] => [
  sql`UPDATE checkout_discounts d SET customer_key = NULL WHERE checkout_id IN (
    SELECT id FROM checkouts WHERE member_id IS NULL AND email IS NOT NULL AND ${isAddressOf(sql`email`, address)}
      AND status IN ${listOf(GIVEN_UP)})`,
  sql`UPDATE checkouts c SET email = NULL
    WHERE member_id IS NULL AND email IS NOT NULL AND ${isAddressOf(sql`email`, address)}`,
]

const POSTAL = sql`name = NULL, line1 = NULL, line2 = NULL, city = NULL, postal_code = NULL`

/** What of orders, their parts and their emails is about a person; what the books and the taxes need stays. */
export const anonymiseStatements = (
  { orders, checkouts, notices }: Record<'orders' | 'checkouts' | 'notices', SQL>,
  at: string,
): SQL[] => [
  sql`UPDATE order_shipping_addresses SET ${POSTAL} WHERE order_id IN (${orders})`,
  sql`UPDATE order_billing_addresses SET ${POSTAL} WHERE order_id IN (${orders})`,
  sql`UPDATE order_statuses SET note = '' WHERE note <> '' AND order_id IN (${orders})`,
  sql`UPDATE orders SET customer_name = NULL WHERE id IN (${orders})`,
  sql`DELETE FROM email_outbox WHERE id IN (${notices})`,
  ...checkoutStatements(checkouts),
  ...contactStatements(orders, at),
]
