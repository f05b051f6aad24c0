import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { listOf } from '../status-list.ts'
import { canonicalOf } from '../canonical.ts'
import { carts, discountCodes, shippingMethods } from './cart.ts'
import { lineColumns } from './catalog.ts'
import { amount, createdAt, id, moment, totalColumns } from './columns.ts'
import { members } from './people.ts'

/** Statuses in which a checkout has stock and redemptions reserved. */
export const HOLDING = ['open', 'processing'] as const

/** Statuses of a checkout that closed without an order; its session may still be paid at Stripe. */
export const GIVEN_UP = ['expired', 'failed'] as const

export const checkoutStatuses = [...HOLDING, 'complete', ...GIVEN_UP] as const

/** The snapshot of what the customer saw when the payment page was opened. The order copies it, and never the cart. */
export const checkouts = pgTable(
  'checkouts',
  {
    id: id(),
    cartId: uuid().references(() => carts.id, { onDelete: 'set null' }),
    cartVersion: integer().notNull(),
    memberId: uuid().references(() => members.id, { onDelete: 'set null' }),
    visitorId: uuid(),
    /**
     * Keyed hash of a visitor's network, to add up the stock that one network has reserved. Null for those who have no such
     * limit, and once the checkout has closed.
     */
    networkKey: text(),
    email: text(),
    locale: text().notNull(),
    status: text({ enum: checkoutStatuses }).notNull().default('open'),
    /** Hash of everything that decides what the customer pays; an equal one means the same checkout. */
    fingerprint: text().notNull(),
    idempotencyKey: text(),
    /** The member's customer at Stripe, stored so that a repeated request for the session sends exactly the same. */
    stripeCustomerId: text(),
    stripeSessionId: text(),
    stripeSessionUrl: text(),
    ...totalColumns(),
    shippingMethodId: uuid().references(() => shippingMethods.id, { onDelete: 'set null' }),
    shippingMethodName: text(),
    shippingCarrier: text(),
    trackingUrlTemplate: text(),
    termsOfSaleVersion: text().notNull(),
    agreedWithTermsAt: moment().notNull(),
    createdAt: createdAt(),
    expiresAt: moment().notNull(),
    closedAt: moment(),
    /** When the buyer got an error because Stripe did not answer; the sweep settles such a checkout at once. */
    abandonedAt: moment(),
    cartClearedAt: moment(),
    nextSweepAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('checkout_one_open_per_cart')
      .on(t.cartId)
      .where(sql`status = 'open'`),
    unique('checkouts_stripe_session_unique').on(t.stripeSessionId),
    uniqueIndex('checkout_once_per_idempotency_key').on(t.cartId, t.idempotencyKey),
    check('checkout_status_known', sql`${t.status} IN ${listOf(checkoutStatuses)}`),
    check(
      'checkout_total_adds_up',
      sql`${t.totalAmount} = ${t.itemSubtotalAmount} - ${t.itemDiscountAmount} + ${t.shippingAmount} - ${t.shippingDiscountAmount}`,
    ),
    check(
      'checkout_amounts_not_negative',
      sql`least(${t.itemSubtotalAmount}, ${t.itemDiscountAmount}, ${t.shippingAmount}, ${t.shippingDiscountAmount}, ${t.totalAmount}) >= 0`,
    ),
    check('checkout_network_only_while_held', sql`${t.networkKey} IS NULL OR ${t.status} IN ${listOf(HOLDING)}`),
    index('checkouts_by_network')
      .on(t.networkKey)
      .where(sql`network_key IS NOT NULL`),
    index('checkouts_to_sweep')
      .on(t.nextSweepAt)
      .where(sql`status IN ${listOf(HOLDING)}`),
    index('checkouts_ended')
      .on(t.closedAt)
      .where(sql`status IN ${listOf(GIVEN_UP)}`),
    index('checkouts_cart_not_cleared')
      .on(t.closedAt)
      .where(sql`status = 'complete' AND cart_cleared_at IS NULL`),
    // For the export and erasure of a guest's data by address.
    index('checkouts_of_guests_by_email')
      .on(canonicalOf(t.email))
      .where(sql`member_id IS NULL AND email IS NOT NULL`),
    index('checkouts_by_visitor').on(t.visitorId),
    index('checkouts_by_member').on(t.memberId),
  ],
)

export const checkoutItems = pgTable(
  'checkout_items',
  {
    id: id(),
    checkoutId: uuid()
      .notNull()
      .references(() => checkouts.id, { onDelete: 'cascade' }),
    ...lineColumns(),
  },
  (t) => [
    unique('checkout_items_sku_once').on(t.checkoutId, t.skuId),
    index('checkout_items_by_sku').on(t.skuId),
    check('checkout_item_quantity_positive', sql`${t.quantity} > 0`),
    check(
      'checkout_item_total_adds_up',
      sql`${t.lineTotalAmount} = ${t.quantity} * ${t.unitAmount} - ${t.discountAmount} AND ${t.discountAmount} >= 0 AND ${t.lineTotalAmount} >= 0`,
    ),
  ],
)

/** The discounts of a checkout. While it is open, processing or complete, each row counts as one redemption. */
export const checkoutDiscounts = pgTable(
  'checkout_discounts',
  {
    checkoutId: uuid()
      .notNull()
      .references(() => checkouts.id, { onDelete: 'cascade' }),
    discountCodeId: uuid()
      .notNull()
      .references(() => discountCodes.id, { onDelete: 'restrict' }),
    code: text().notNull(),
    kind: text().notNull(),
    description: text().notNull(),
    amount: amount().notNull(),
    /** The buyer whose per-customer limit it counts against: `customer_key` of their address. */
    customerKey: text(),
  },
  (t) => [
    primaryKey({ name: 'checkout_discounts_pkey', columns: [t.checkoutId, t.discountCodeId] }),
    index('checkout_discounts_by_customer').on(t.discountCodeId, t.customerKey),
    check('checkout_discount_not_negative', sql`${t.amount} >= 0`),
  ],
)
