import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { DISPUTE_STATUSES } from '../../payments/dispute.ts'
import { REFUND_STATUSES } from '../../payments/refund.ts'
import { listOf } from '../status-list.ts'
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

/** The states of an order's payment, which are independent of its delivery. */
export const paymentStates = ['paid', 'partially-refunded', 'refunded', 'disputed'] as const

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
    /** The trigger `keep_payment_state` writes it after every change of refunds and disputes. */
    paymentState: text({ enum: paymentStates }).notNull().default('paid'),
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
    check(
      'order_amounts_not_negative',
      sql`least(${t.itemSubtotalAmount}, ${t.itemDiscountAmount}, ${t.shippingAmount}, ${t.shippingDiscountAmount}, ${t.taxAmount}, ${t.totalAmount}) >= 0`,
    ),
    check('order_payment_state_known', sql`${t.paymentState} IN ${listOf(paymentStates)}`),
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
    /** Null only when nothing was to be paid, since a discount covered everything. */
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
    check('payment_amount_not_negative', sql`${t.amount} >= 0`),
    check('payment_intent_when_paid', sql`${t.amount} = 0 OR ${t.stripePaymentIntentId} IS NOT NULL`),
  ],
)

/** Refunds as Stripe has them; their sum never exceeds the payment. */
export const orderRefunds = pgTable(
  'order_refunds',
  {
    id: id(),
    orderId: orderId(),
    stripeRefundId: text().notNull(),
    amount: amount().notNull(),
    currency: currency().notNull(),
    status: text({ enum: REFUND_STATUSES }).notNull(),
    reason: text(),
    /** When the email about it was written. */
    toldAt: moment(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('refund_once').on(t.stripeRefundId),
    index('order_refunds_by_order').on(t.orderId),
    check('refund_amount_positive', sql`${t.amount} > 0`),
    check('refund_status_known', sql`${t.status} IN ${listOf(REFUND_STATUSES)}`),
  ],
)

/** Disputes as Stripe has them: the customer's bank demands the money back. */
export const orderDisputes = pgTable(
  'order_disputes',
  {
    id: id(),
    orderId: orderId(),
    stripeDisputeId: text().notNull(),
    amount: amount().notNull(),
    currency: currency().notNull(),
    /** Stripe's status. After `won`, `warning_closed` and `prevented`, the shop keeps the money. */
    status: text({ enum: DISPUTE_STATUSES }).notNull(),
    reason: text().notNull(),
    /** The deadline for evidence. */
    evidenceDueBy: moment(),
    /** When the operators were alerted. */
    toldAt: moment(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('dispute_once').on(t.stripeDisputeId),
    index('order_disputes_by_order').on(t.orderId),
    check('dispute_amount_not_negative', sql`${t.amount} >= 0`),
    check('dispute_status_known', sql`${t.status} IN ${listOf(DISPUTE_STATUSES)}`),
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
    check('order_item_quantity_positive', sql`${t.quantity} > 0`),
    check(
      'order_item_total_adds_up',
      sql`${t.lineTotalAmount} = ${t.quantity} * ${t.unitAmount} - ${t.discountAmount} AND least(${t.unitAmount}, ${t.discountAmount}, ${t.lineTotalAmount}) >= 0`,
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
    check('order_discount_not_negative', sql`${t.amount} >= 0`),
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
  (t) => [
    unique('shipping_method_once_per_order').on(t.orderId),
    check('order_shipping_not_negative', sql`${t.amount} >= 0`),
  ],
)
