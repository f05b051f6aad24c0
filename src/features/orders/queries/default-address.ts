import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'

/** Makes an order's shipping address the member's default one, if the member uses one, has none, and it is complete. */
export const insertDefaultAddress = (db: Db, orderId: string, now: Date) =>
  db.execute(sql`
    INSERT INTO member_default_addresses (member_id, name, phone, line1, line2, city, state, postal_code, country, updated_at)
    SELECT m.id, a.name, a.phone, a.line1, a.line2, a.city, a.state, a.postal_code, a.country, ${now.toISOString()}
    FROM orders o
    JOIN members m ON m.id = o.member_id AND m.use_default_shipping_and_payment
    JOIN order_shipping_addresses a ON a.order_id = o.id
    WHERE o.id = ${orderId} AND a.name <> '' AND a.line1 <> '' AND a.city <> '' AND a.postal_code <> '' AND a.country <> ''
    ON CONFLICT (member_id) DO NOTHING`)
