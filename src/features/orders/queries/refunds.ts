import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'

export type RefundRecord = {
  stripeRefundId: string
  amount: number
  currency: string
  status: string
  reason: string | null
  createdAt: Date
}

export const selectOrderOfPayment = (db: Db, paymentIntentId: string) =>
  db.execute<{ order_id: string; identifier: string }>(sql`
    SELECT p.order_id, o.identifier FROM order_payments p JOIN orders o ON o.id = p.order_id
    WHERE p.stripe_payment_intent_id = ${paymentIntentId}`)

/**
 * Brings the refunds of an order in line with Stripe's. The payment is locked first, so that two events write one after
 * the other; what the slower one read of Stripe never takes a refund back a step. Raises `refunds_within_payment` when they would exceed what was paid.
 */
export const syncRefundsStatements = (db: Db, orderId: string, refunds: RefundRecord[]) =>
  [
    db.execute(sql`SELECT id FROM order_payments WHERE order_id = ${orderId} FOR NO KEY UPDATE`),
    ...refunds.map((refund) =>
      db.execute(sql`
        INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status, reason, created_at)
        VALUES (${orderId}, ${refund.stripeRefundId}, ${refund.amount}, ${refund.currency}, ${refund.status},
          ${refund.reason}, ${refund.createdAt.toISOString()})
        ON CONFLICT (stripe_refund_id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status
          WHERE order_refunds.status NOT IN ('failed', 'canceled')
            AND NOT (order_refunds.status = 'succeeded' AND EXCLUDED.status IN ('pending', 'requires_action'))`),
    ),
    db.execute(sql`SELECT assert_that(
      (SELECT coalesce(sum(amount), 0) FROM order_refunds WHERE order_id = ${orderId} AND status NOT IN ('failed', 'canceled'))
      <= (SELECT amount FROM order_payments WHERE order_id = ${orderId}), 'refunds_within_payment')`),
  ] as const
