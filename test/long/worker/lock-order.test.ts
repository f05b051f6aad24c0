import './support/record-locks.ts'
import '../../worker/account/default-address.test.ts'
import '../../worker/cart/change-cart.test.ts'
import '../../worker/cart/discount-codes.test.ts'
import '../../worker/checkout/member-checkout.test.ts'
import '../../worker/checkout/purchase.test.ts'
import '../../worker/orders/refunds.test.ts'
import '../../worker/passwords/change-and-reset.test.ts'
import '../../worker/registration/register.test.ts'
import '../../worker/sessions/refresh.test.ts'
import '../../worker/sessions/session-state.test.ts'
import '../../worker/sessions/sessions.test.ts'
import '../../worker/sign-in/merge-cart.test.ts'
import '../../worker/sign-in/sign-in.test.ts'
import { afterEach, expect, test } from 'vitest'
import { LOCK_ORDER } from '../../../src/db/lock-order.ts'
import { boughtOrder, checkOut, createBuyer, deliverCompleted } from '../../worker/support/buyer.ts'
import { db } from '../../worker/support/shop.ts'
import { deliver, expire, openDispute, pay, sessionEvent } from '../../worker/support/stripe.ts'
import { orderOf } from './support/locks-of-plan.ts'
import { type RecordedBatch, recordedBatches, takeNotices } from './support/record-locks.ts'

// The tests of the features above run once more, with what each of the Worker's batches locks written down.

const inOrder: readonly string[] = LOCK_ORDER

/** The tables of the order that a batch locked, in the order of their first locks. */
const ofTheOrder = ({ locks }: RecordedBatch): string[] => orderOf(locks).filter((table) => inOrder.includes(table))

const byTheOrder = (tables: string[]): string[] => tables.toSorted((a, b) => inOrder.indexOf(a) - inOrder.indexOf(b))

afterEach(takeNotices)

test('a dispute', async () => {
  const { intent } = await boughtOrder()
  const { id } = await openDispute(intent)
  const answer = await deliver({ ...sessionEvent('charge.dispute.created', { id }), data: { object: { id } } })
  expect(answer.json).toMatchObject({ outcome: 'processed' })
})

test('a payment of another total than the one that was shown, and the end of a checkout', async () => {
  const { client } = await createBuyer()
  const { checkout_id: checkoutId, session_id: id } = await checkOut(client)
  await pay(id)
  await db`UPDATE checkouts SET shipping_amount = shipping_amount + 1, total_amount = total_amount + 1 WHERE id = ${checkoutId}`
  expect((await deliverCompleted({ id })).json).toMatchObject({ code: 'payment-unmatched' })

  const other = await checkOut((await createBuyer()).client)
  await expire(other.session_id)
  const answer = await deliver(sessionEvent('checkout.session.expired', { id: other.session_id }))
  expect(answer.json).toMatchObject({ outcome: 'processed' })
})

test('every batch and function locks in the order that is stated', () => {
  const wrong = recordedBatches().filter((batch) => ofTheOrder(batch).join() !== byTheOrder(ofTheOrder(batch)).join())
  expect(wrong.map((batch) => ({ order: ofTheOrder(batch), statements: batch.statements }))).toEqual([])
})

test.each([
  ['start_checkout(', ['members', 'carts', 'checkouts', 'skus']],
  ['start_checkout(', ['carts', 'discount_codes', 'skus']],
  ['place_order(', ['webhook_events', 'checkouts', 'prospects', 'discount_codes', 'skus']],
  ['release_checkout(', ['webhook_events', 'checkouts', 'skus']],
  ['UPDATE checkouts SET cart_cleared_at', ['carts', 'checkouts']],
  ['UPDATE checkouts c SET cart_id', ['members', 'carts', 'checkouts']],
  ['INSERT INTO order_refunds', ['webhook_events', 'order_payments', 'order_refunds', 'orders']],
  ['INSERT INTO order_disputes', ['webhook_events', 'order_payments', 'order_disputes', 'operator_alerts', 'orders']],
  ['INSERT INTO unmatched_payments', ['webhook_events', 'checkouts', 'unmatched_payments', 'operator_alerts']],
])('%s was seen to lock %j', (text, tables) => {
  const seen = recordedBatches().filter(({ statements }) => statements.some((each) => each.includes(text)))
  expect(seen.map(ofTheOrder).map(String)).toContain(String(tables))
})
