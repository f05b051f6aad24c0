import { expect, test } from 'vitest'
import { boughtOrder } from '../support/buyer.ts'
import { createDiscountCode, db } from '../support/shop.ts'

/** An order with two units at 10.00, and the ids that a hand at the database would need. */
async function order() {
  const { identifier } = await boughtOrder()
  const [row] = await db`SELECT id, checkout_id FROM orders WHERE identifier = ${identifier}`
  return { id: row!.id as string, checkoutId: row!.checkout_id as string }
}

type Order = Awaited<ReturnType<typeof order>>
type Statement = (o: Order) => PromiseLike<unknown>

const REFUSED: [what: string, constraint: string, run: Statement][] = [
  [
    'a negative total',
    'order_amounts_not_negative',
    ({ id }) =>
      db`UPDATE orders SET shipping_discount_amount = 100000, total_amount = total_amount - 100000 + shipping_discount_amount WHERE id = ${id}`,
  ],
  [
    'a total that does not add up',
    'order_total_adds_up',
    ({ id }) => db`UPDATE orders SET total_amount = total_amount + 1 WHERE id = ${id}`,
  ],
  [
    'a line of nothing',
    'order_item_quantity_positive',
    ({ id }) => db`UPDATE order_items SET quantity = 0, line_total_amount = 0 WHERE order_id = ${id}`,
  ],
  [
    'a line of less than nothing',
    'order_item_quantity_positive',
    ({ id }) => db`UPDATE order_items SET quantity = -1, unit_amount = 0, line_total_amount = 0 WHERE order_id = ${id}`,
  ],
  [
    'lines that are not the totals',
    'order_lines_add_up',
    ({ id }) => db`UPDATE order_items SET quantity = 2, line_total_amount = 2 * unit_amount WHERE order_id = ${id}`,
  ],
  ['an order without lines', 'order_lines_add_up', ({ id }) => db`DELETE FROM order_items WHERE order_id = ${id}`],
  [
    'totals that are not the lines',
    'order_lines_add_up',
    ({ id }) =>
      db`UPDATE orders SET item_subtotal_amount = item_subtotal_amount + 1, item_discount_amount = item_discount_amount + 1 WHERE id = ${id}`,
  ],
  [
    'a payment of another amount',
    'order_payment_is_its_total',
    ({ id }) => db`UPDATE order_payments SET amount = amount + 1 WHERE order_id = ${id}`,
  ],
  [
    'a payment in another currency',
    'order_payment_is_its_total',
    ({ id }) => db`UPDATE order_payments SET currency = 'eur' WHERE order_id = ${id}`,
  ],
  [
    'refunds above the payment',
    'refunds_within_payment',
    ({ id }) => db`INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status)
      SELECT order_id, gen_random_uuid()::text, amount, currency, 'succeeded' FROM order_payments, generate_series(1, 2) WHERE order_id = ${id}`,
  ],
  [
    'a refund of unknown status',
    'refund_status_known',
    ({ id }) => db`INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status)
      VALUES (${id}, gen_random_uuid()::text, 1, 'usd', 'done')`,
  ],
  [
    'a dispute of unknown status',
    'dispute_status_known',
    ({ id }) => db`INSERT INTO order_disputes (order_id, stripe_dispute_id, amount, currency, status, reason)
      VALUES (${id}, gen_random_uuid()::text, 1, 'usd', 'done', 'fraudulent')`,
  ],
  [
    'a completed checkout that is open again',
    'checkout_moves_forward',
    ({ checkoutId }) => db`UPDATE checkouts SET status = 'open' WHERE id = ${checkoutId}`,
  ],
  [
    'a completed checkout that has expired',
    'checkout_moves_forward',
    ({ checkoutId }) => db`UPDATE checkouts SET status = 'expired' WHERE id = ${checkoutId}`,
  ],
  ['an order that is gone', 'orders_are_kept', ({ id }) => db`DELETE FROM orders WHERE id = ${id}`],
  ['a payment that is gone', 'payments_are_kept', ({ id }) => db`DELETE FROM order_payments WHERE order_id = ${id}`],
  [
    'a code that nobody may use once',
    'discount_limits_positive',
    async () => createDiscountCode({ perCustomerLimit: 0 }),
  ],
]

test.each(REFUSED)('the database takes no %s, whoever writes it', async (_, constraint, run) => {
  await expect(run(await order())).rejects.toMatchObject({ constraint })
})

test('an order and its lines may be mended together, and its person erased', async () => {
  const { id } = await order()
  await db.transaction([
    db`UPDATE order_items SET unit_amount = unit_amount + 100, line_total_amount = line_total_amount + 100 WHERE order_id = ${id}`,
    db`UPDATE orders SET item_subtotal_amount = item_subtotal_amount + 100, total_amount = total_amount + 100 WHERE id = ${id}`,
    db`UPDATE order_payments SET amount = amount + 100 WHERE order_id = ${id}`,
  ])
  await db`UPDATE orders SET email = '[erased]', customer_name = NULL, member_id = NULL, prospect_id = NULL WHERE id = ${id}`
  await db`UPDATE order_payments SET stripe_customer_id = NULL WHERE order_id = ${id}`
  expect(await db`SELECT email FROM orders WHERE id = ${id}`).toEqual([{ email: '[erased]' }])
})

test('of two hands at once that give back all of a payment, the second one is refused', async () => {
  const { id } = await order()
  const refundAll = () =>
    db.transaction([
      db`INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status)
        SELECT order_id, gen_random_uuid()::text, amount, currency, 'succeeded' FROM order_payments WHERE order_id = ${id}`,
      db`SELECT pg_sleep(0.3)`,
    ])
  const results = await Promise.allSettled([refundAll(), refundAll()])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { constraint: 'refunds_within_payment' },
  })
})
