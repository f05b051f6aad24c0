import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { boolean, char, integer, timestamp, uuid } from 'drizzle-orm/pg-core'

/** A UUIDv7 primary key. The Worker makes ids itself; the default is for rows written by hand. */
export const id = () =>
  uuid()
    .primaryKey()
    .default(sql`uuidv7()`)

/** A UTC timestamp with the precision of a JavaScript Date, so that a round trip does not change it. */
export const moment = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' })

export const createdAt = () => moment().notNull().defaultNow()

/** An amount of money: an integer in the currency's minor unit. */
export const amount = () => integer()

/** An ISO 4217 code in lower case, as Stripe writes it. */
export const currency = () => char({ length: 3 })

/** The totals of a checkout, which its order copies. */
export const totalColumns = () => ({
  currency: currency().notNull(),
  itemSubtotalAmount: amount().notNull(),
  itemDiscountAmount: amount().notNull(),
  shippingAmount: amount().notNull(),
  shippingDiscountAmount: amount().notNull(),
  totalAmount: amount().notNull(),
  /** Whether prices include the tax, or it is added to them. */
  taxIncluded: boolean().notNull().default(false),
})

/** The condition that Stripe can charge an amount: in some currencies it must be a multiple of ten or a hundred. */
export const fitsCurrency = (amountColumn: AnyPgColumn, currencyColumn: AnyPgColumn): SQL => sql`
  ${amountColumn} % CASE WHEN ${currencyColumn} IN ('bhd', 'jod', 'kwd', 'omr', 'tnd') THEN 10
    WHEN ${currencyColumn} IN ('isk', 'ugx') THEN 100 ELSE 1 END = 0`
