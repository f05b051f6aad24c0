import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { LINE_QUANTITY_MAX } from '../../shared/cart-limits.ts'
import { products, skus } from './catalog.ts'
import { amount, createdAt, currency, fitsCurrency, id, moment } from './columns.ts'
import { members } from './people.ts'

export const shippingMethods = pgTable(
  'shipping_methods',
  {
    id: id(),
    code: text().notNull(),
    name: text().notNull(),
    description: text().notNull().default(''),
    carrier: text().notNull(),
    amount: amount().notNull(),
    currency: currency().notNull(),
    /** `{tracking_number}` is the placeholder for the number. */
    trackingUrlTemplate: text(),
    minDays: integer(),
    maxDays: integer(),
    active: boolean().notNull().default(true),
    position: integer().notNull().default(0),
  },
  (t) => [
    unique('shipping_methods_code_unique').on(t.code),
    check('shipping_method_amount_not_negative', sql`${t.amount} >= 0`),
    check('shipping_method_fits_currency', fitsCurrency(t.amount, t.currency)),
  ],
)

export const discountCodes = pgTable(
  'discount_codes',
  {
    id: id(),
    code: text().notNull(),
    description: text().notNull().default(''),
    kind: text({ enum: ['percent', 'fixed', 'free_shipping', 'reduced_shipping'] }).notNull(),
    /** For the kind `percent`: 1 to 100. */
    percentOff: integer(),
    /** Minor units for the kinds `fixed` (off the items) and `reduced_shipping` (off the shipping price). */
    amountOff: amount(),
    currency: currency(),
    minimumSubtotalAmount: amount().notNull().default(0),
    validFrom: moment(),
    validUntil: moment(),
    redemptionLimit: integer(),
    perCustomerLimit: integer(),
    combinable: boolean().notNull().default(false),
    active: boolean().notNull().default(true),
    /** Redemptions reserved by open checkouts; `redeemedCount` are those of orders. */
    reservedCount: integer().notNull().default(0),
    redeemedCount: integer().notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('discount_codes_code_unique').on(sql`upper(${t.code})`),
    check('discount_fits_currency', fitsCurrency(t.amountOff, t.currency)),
    check('discount_kind_known', sql`${t.kind} IN ('percent', 'fixed', 'free_shipping', 'reduced_shipping')`),
    check(
      'discount_value_fits_kind',
      sql`CASE ${t.kind}
        WHEN 'percent' THEN ${t.percentOff} BETWEEN 1 AND 100 AND ${t.amountOff} IS NULL
        WHEN 'free_shipping' THEN ${t.percentOff} IS NULL AND ${t.amountOff} IS NULL
        ELSE ${t.amountOff} > 0 AND ${t.currency} IS NOT NULL AND ${t.percentOff} IS NULL
      END`,
    ),
    check('discount_counts_not_negative', sql`${t.reservedCount} >= 0 AND ${t.redeemedCount} >= 0`),
    check('discount_limits_positive', sql`${t.perCustomerLimit} > 0 AND ${t.redemptionLimit} >= 0`),
    check(
      'discount_redemptions_within_limit',
      sql`${t.redemptionLimit} IS NULL OR ${t.reservedCount} + ${t.redeemedCount} <= ${t.redemptionLimit}`,
    ),
  ],
)

export const carts = pgTable(
  'carts',
  {
    id: id(),
    memberId: uuid().references(() => members.id, { onDelete: 'cascade' }),
    visitorId: uuid(),
    /** Rises with every change; starting a checkout asserts the version that it was priced from. */
    version: integer().notNull().default(1),
    shippingMethodId: uuid().references(() => shippingMethods.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (t) => [
    unique('cart_one_per_member').on(t.memberId),
    unique('cart_one_per_visitor').on(t.visitorId),
    check('cart_has_one_owner', sql`num_nonnulls(${t.memberId}, ${t.visitorId}) = 1`),
    index('carts_of_visitors_by_last_change')
      .on(t.updatedAt)
      .where(sql`member_id IS NULL`),
  ],
)

export const cartItems = pgTable(
  'cart_items',
  {
    cartId: uuid()
      .notNull()
      .references(() => carts.id, { onDelete: 'cascade' }),
    skuId: uuid()
      .notNull()
      .references(() => skus.id, { onDelete: 'cascade' }),
    /** The product whose page the SKU was chosen on; null when that is not known. */
    productId: uuid().references(() => products.id, { onDelete: 'set null' }),
    quantity: integer().notNull(),
    addedAt: createdAt(),
  },
  (t) => [
    primaryKey({ name: 'cart_items_pkey', columns: [t.cartId, t.skuId] }),
    index('cart_items_by_sku').on(t.skuId),
    check('cart_quantity_within_limit', sql`${t.quantity} BETWEEN 1 AND ${sql.raw(`${LINE_QUANTITY_MAX}`)}`),
  ],
)

export const cartDiscountCodes = pgTable(
  'cart_discount_codes',
  {
    cartId: uuid()
      .notNull()
      .references(() => carts.id, { onDelete: 'cascade' }),
    discountCodeId: uuid()
      .notNull()
      .references(() => discountCodes.id, { onDelete: 'cascade' }),
    addedAt: createdAt(),
  },
  (t) => [
    primaryKey({ name: 'cart_discount_codes_pkey', columns: [t.cartId, t.discountCodeId] }),
    index('cart_discount_codes_by_code').on(t.discountCodeId),
  ],
)
