import { expect } from 'vitest'
import { type Checkout, checkOut, createBuyer } from './buyer.ts'
import { createDiscountCode, createSku, db, stockOf } from './shop.ts'
import { pay } from './stripe.ts'

/** A paid checkout of two units with a discount code. */
export async function paidCheckout() {
  const sku = await createSku({ onHand: 10 })
  const { client } = await createBuyer({ sku, quantity: 2 })
  const { code } = await createDiscountCode()
  await client.post('/v1/cart/discount-codes', { code })
  const checkout = await checkOut(client)
  await pay(checkout.session_id)
  return { client, sku, checkout }
}

export async function expectNoTrace({ checkout_id }: Checkout, skuId: string): Promise<void> {
  expect(await db`SELECT 1 FROM orders WHERE checkout_id = ${checkout_id}`).toEqual([])
  expect(await stockOf(skuId)).toEqual({ on_hand: 10, reserved: 2 })
}

export async function expectOneWholeOrder({ checkout_id }: Checkout, skuId: string): Promise<string> {
  const orders = await db`SELECT o.identifier, o.total_amount,
      (SELECT count(*)::int FROM order_payments p WHERE p.order_id = o.id) AS payments,
      (SELECT count(*)::int FROM order_items i WHERE i.order_id = o.id) AS items,
      (SELECT count(*)::int FROM order_shipping_addresses a WHERE a.order_id = o.id) AS shipping_addresses,
      (SELECT count(*)::int FROM order_billing_addresses a WHERE a.order_id = o.id) AS billing_addresses,
      (SELECT count(*)::int FROM order_discounts d WHERE d.order_id = o.id) AS discounts,
      (SELECT count(*)::int FROM order_statuses s WHERE s.order_id = o.id) AS statuses,
      (SELECT count(*)::int FROM order_shipping_methods m WHERE m.order_id = o.id) AS shipping_methods,
      (SELECT count(*)::int FROM email_outbox e WHERE e.order_id = o.id) AS emails
    FROM orders o WHERE o.checkout_id = ${checkout_id}`
  expect(orders).toEqual([
    {
      identifier: expect.stringMatching(/^ORD-/),
      total_amount: expect.any(Number),
      payments: 1,
      items: 1,
      shipping_addresses: 1,
      billing_addresses: 1,
      discounts: 1,
      statuses: 1,
      shipping_methods: 1,
      emails: 1,
    },
  ])
  expect(await stockOf(skuId)).toEqual({ on_hand: 8, reserved: 0 })
  return orders[0]!.identifier
}
