import { sql } from 'drizzle-orm'
import { bigint, check, index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { checkouts } from './checkout.ts'
import { createdAt, currency, id, moment } from './columns.ts'
import { orders } from './orders.ts'

/** Why there is no order for a paid session. */
export const unmatchedReasons = [
  'no-checkout',
  'unknown-checkout',
  'foreign-session',
  'second-payment',
  'amount-mismatch',
  'currency-mismatch',
  'incomplete',
  'out-of-stock',
] as const

export type UnmatchedReason = (typeof unmatchedReasons)[number]

/** Paid Stripe sessions without an order, which an operator refunds or makes fit. */
export const unmatchedPayments = pgTable(
  'unmatched_payments',
  {
    id: id(),
    stripeSessionId: text().notNull(),
    stripePaymentIntentId: text(),
    /** In minor units; a bigint, since Stripe allows larger amounts than our own. */
    amount: bigint({ mode: 'number' }).notNull(),
    currency: currency().notNull(),
    reason: text({ enum: unmatchedReasons }).notNull(),
    /** The checkout that the session names, if it exists. */
    checkoutId: uuid().references(() => checkouts.id, { onDelete: 'set null' }),
    /** The order of that checkout; once the payment was made to fit, the payment's own order. */
    orderId: uuid().references(() => orders.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    resolvedAt: moment(),
    resolvedBy: text(),
    notes: text().notNull().default(''),
  },
  (t) => [
    unique('unmatched_payment_once_per_session').on(t.stripeSessionId),
    index('unmatched_payments_by_intent').on(t.stripePaymentIntentId),
    index('unmatched_payments_by_checkout').on(t.checkoutId),
    index('unmatched_payments_by_order').on(t.orderId),
    index('unmatched_payments_unresolved')
      .on(t.createdAt)
      .where(sql`resolved_at IS NULL`),
    check('unmatched_payment_amount_not_negative', sql`${t.amount} >= 0`),
    // The previous Worker also writes 'refunded'.
    check(
      'unmatched_payment_reason_known',
      sql`${t.reason} IN ('no-checkout', 'unknown-checkout', 'foreign-session', 'second-payment', 'amount-mismatch', 'currency-mismatch', 'incomplete', 'out-of-stock', 'refunded')`,
    ),
  ],
)
