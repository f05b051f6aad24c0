import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { boolean, char, integer, timestamp, uuid } from 'drizzle-orm/pg-core'

/** UUIDv7 primary key. The Worker makes ids itself; the default serves rows written by hand. */
export const id = () =>
  uuid()
    .primaryKey()
    .default(sql`uuidv7()`)

/** UTC moment in milliseconds, the precision of a JavaScript Date, so that values survive a round trip unchanged. */
export const moment = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' })

export const createdAt = () => moment().notNull().defaultNow()

/** Amount of money as an integer in the currency's minor unit. */
export const amount = () => integer()

/** ISO 4217 code in lower case, as Stripe writes it. */
export const currency = () => char({ length: 3 })

/** What a checkout and its order cost; both carry the same, line by line. */
export const totalColumns = () => ({
  currency: currency().notNull(),
  itemSubtotalAmount: amount().notNull(),
  itemDiscountAmount: amount().notNull(),
  shippingAmount: amount().notNull(),
  shippingDiscountAmount: amount().notNull(),
  totalAmount: amount().notNull(),
  /** Prices contain their tax, so that it is a part of the total and not added to it. */
  taxIncluded: boolean().notNull().default(false),
})

/** Holds for an amount that Stripe can charge in its currency: some currencies only know tens or hundreds. */
export const fitsCurrency = (amountColumn: AnyPgColumn, currencyColumn: AnyPgColumn): SQL => sql`
  ${amountColumn} % CASE WHEN ${currencyColumn} IN ('bhd', 'jod', 'kwd', 'omr', 'tnd') THEN 10
    WHEN ${currencyColumn} IN ('isk', 'ugx') THEN 100 ELSE 1 END = 0`
