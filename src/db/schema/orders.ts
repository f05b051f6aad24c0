import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { discountCodes, shippingMethods } from './cart.ts'
import { lineColumns } from './catalog.ts'
import { checkouts } from './checkout.ts'
import { amount, createdAt, currency, id, moment, totalColumns } from './columns.ts'
import { members, prospects } from './people.ts'

export const orderStatusTypes = pgTable('order_status_types', {
  code: text().primaryKey(),
  label: text().notNull(),
  description: text().notNull().default(''),
  position: integer().notNull().default(0),
})

export const orders = pgTable(
  'orders',
  {
    id: id(),
    identifier: text().notNull(),
    checkoutId: uuid()
      .notNull()
      .references(() => checkouts.id, { onDelete: 'restrict' }),
    memberId: uuid().references(() => members.id, { onDelete: 'set null' }),
    prospectId: uuid().references(() => prospects.id, { onDelete: 'set null' }),
    email: text().notNull(),
    customerName: text(),
    locale: text().notNull(),
    ...totalColumns(),
    taxAmount: amount().notNull(),
    termsOfSaleVersion: text().notNull(),
    agreedWithTermsAt: moment().notNull(),
    placedAt: createdAt(),
  },
  (t) => [
    unique('orders_identifier_unique').on(t.identifier),
    unique('order_once_per_checkout').on(t.checkoutId),
    index('orders_by_member').on(t.memberId, t.id),
    index('orders_by_prospect').on(t.prospectId, t.id),
    check(
      'order_total_adds_up',
      sql`${t.totalAmount} = ${t.itemSubtotalAmount} - ${t.itemDiscountAmount} + ${t.shippingAmount} - ${t.shippingDiscountAmount} + CASE WHEN ${t.taxIncluded} THEN 0 ELSE ${t.taxAmount} END`,
    ),
    check('order_has_a_buyer', sql`num_nonnulls(${t.memberId}, ${t.prospectId}) <= 1`),
  ],
)

const orderId = () =>
  uuid()
    .notNull()
    .references(() => orders.id, { onDelete: 'cascade' })

export const orderPayments = pgTable(
  'order_payments',
  {
    id: id(),
    orderId: orderId(),
    /** Null only when nothing was due (a discount covered everything). */
    stripePaymentIntentId: text(),
    stripeSessionId: text().notNull(),
    stripeCustomerId: text(),
    paymentMethodType: text(),
    amount: amount().notNull(),
    currency: currency().notNull(),
    paidAt: createdAt(),
  },
  (t) => [
    unique('payment_once_per_order').on(t.orderId),
    unique('payment_intent_once').on(t.stripePaymentIntentId),
    unique('payment_session_once').on(t.stripeSessionId),
    check('payment_intent_when_paid', sql`${t.amount} = 0 OR ${t.stripePaymentIntentId} IS NOT NULL`),
  ],
)

/** Refunds as Stripe holds them; together they never exceed the payment. */
export const orderRefunds = pgTable(
  'order_refunds',
  {
    id: id(),
    orderId: orderId(),
    stripeRefundId: text().notNull(),
    amount: amount().notNull(),
    currency: currency().notNull(),
    /** Stripe's word: pending, requires_action, succeeded, failed or canceled. */
    status: text().notNull(),
    reason: text(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('refund_once').on(t.stripeRefundId),
    index('order_refunds_by_order').on(t.orderId),
    check('refund_amount_positive', sql`${t.amount} > 0`),
  ],
)

export const orderItems = pgTable(
  'order_items',
  {
    id: id(),
    orderId: orderId(),
    ...lineColumns(),
  },
  (t) => [
    unique('order_items_sku_once').on(t.orderId, t.skuId),
    index('order_items_by_sku').on(t.skuId),
    check(
      'order_item_total_adds_up',
      sql`${t.lineTotalAmount} = ${t.quantity} * ${t.unitAmount} - ${t.discountAmount}`,
    ),
  ],
)

const address = () => ({
  id: id(),
  orderId: orderId(),
  name: text(),
  phone: text(),
  line1: text(),
  line2: text(),
  city: text(),
  state: text(),
  postalCode: text(),
  country: text(),
})

export const orderShippingAddresses = pgTable('order_shipping_addresses', address(), (t) => [
  unique('shipping_address_once_per_order').on(t.orderId),
])

export const orderBillingAddresses = pgTable('order_billing_addresses', address(), (t) => [
  unique('billing_address_once_per_order').on(t.orderId),
])

export const orderDiscounts = pgTable(
  'order_discounts',
  {
    orderId: orderId(),
    discountCodeId: uuid()
      .notNull()
      .references(() => discountCodes.id, { onDelete: 'restrict' }),
    code: text().notNull(),
    kind: text().notNull(),
    description: text().notNull(),
    amount: amount().notNull(),
  },
  (t) => [
    primaryKey({ name: 'order_discounts_pkey', columns: [t.orderId, t.discountCodeId] }),
    index('order_discounts_by_code').on(t.discountCodeId),
  ],
)

export const orderStatuses = pgTable(
  'order_statuses',
  {
    id: id(),
    orderId: orderId(),
    status: text()
      .notNull()
      .references(() => orderStatusTypes.code, { onDelete: 'restrict', onUpdate: 'cascade' }),
    note: text().notNull().default(''),
    createdAt: createdAt(),
  },
  (t) => [index('order_statuses_by_order').on(t.orderId, t.id)],
)

export const orderShippingMethods = pgTable(
  'order_shipping_methods',
  {
    id: id(),
    orderId: orderId(),
    shippingMethodId: uuid().references(() => shippingMethods.id, { onDelete: 'set null' }),
    name: text().notNull(),
    carrier: text().notNull(),
    amount: amount().notNull(),
    trackingUrlTemplate: text(),
    trackingNumber: text(),
  },
  (t) => [unique('shipping_method_once_per_order').on(t.orderId)],
)
