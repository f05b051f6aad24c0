import { type SQL, sql } from 'drizzle-orm'
import { isAddressOf } from './personal-data.ts'
import { GIVEN_UP } from '../../../db/schema/checkout.ts'
import { listOf } from '../../../db/status-list.ts'

/** Replaces an erased email address. */
export const ERASED = '[erased]'

/** Removes contact details from orders and everything that belongs to them. `orders` is a query of ids. */
export const eraseContactStatements = (orders: SQL, at: string): SQL[] => [
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

/** Removes contact details from checkouts. `checkouts` is a query of ids. */
const checkoutStatements = (checkouts: SQL): SQL[] => [
  sql`UPDATE checkout_discounts SET customer_key = NULL WHERE checkout_id IN (${checkouts})`,
  sql`UPDATE checkouts SET email = NULL, visitor_id = NULL, idempotency_key = NULL, stripe_customer_id = NULL,
      stripe_session_url = NULL
    WHERE id IN (${checkouts})`,
]

/**
 * Removes an address from checkouts that visitors started. Whoever typed the address keeps the checkout, since it may not
 * have been its reader. The hash that counts uses of a discount code stays while the checkout can count.
 */
export const eraseCheckoutAddressStatements = (address: SQL): SQL[] => [
  sql`UPDATE checkout_discounts d SET customer_key = NULL WHERE checkout_id IN (
    SELECT id FROM checkouts WHERE member_id IS NULL AND email IS NOT NULL AND ${isAddressOf(sql`email`, address)}
      AND status IN ${listOf(GIVEN_UP)})`,
  sql`UPDATE checkouts c SET email = NULL
    WHERE member_id IS NULL AND email IS NOT NULL AND ${isAddressOf(sql`email`, address)}`,
]

const POSTAL = sql`name = NULL, line1 = NULL, line2 = NULL, city = NULL, postal_code = NULL`

/** Removes personal data from orders, checkouts and emails; what bookkeeping and taxes need stays. All are queries of ids. */
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
  ...eraseContactStatements(orders, at),
]
