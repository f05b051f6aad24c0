import { describe, expect, test } from 'vitest'
import { addToCart, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createVisitor } from '../support/client.ts'
import { createDiscountCode, createSku, db, stockOf } from '../support/shop.ts'
import { pay } from '../support/stripe.ts'

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

const TERMS = { agreed_with_terms_of_sale: true }

describe('at the same moment', () => {
  test('30 deliveries of events and 10 polls of the return page make one order', async () => {
    const { client, sku } = await createBuyer({ quantity: 2 })
    const { session_id, checkout_id } = await checkOut(client)
    await pay(session_id)
    const repeated = `evt_${crypto.randomUUID().replaceAll('-', '')}`
    const [deliveries, polls] = await Promise.all([
      times(30, (index) => deliverCompleted({ id: session_id }, index % 2 === 0 ? repeated : undefined)),
      times(10, () => client.get(`/v1/checkout/${session_id}`)),
    ])
    const orders = await db`SELECT id, identifier FROM orders WHERE checkout_id = ${checkout_id}`
    expect(orders).toHaveLength(1)
    for (const answer of deliveries) expect(answer.json).toMatchObject({ order_identifier: orders[0]!.identifier })
    for (const answer of polls)
      expect(answer.json).toEqual({ status: 'complete', order_identifier: orders[0]!.identifier })
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 98, reserved: 0 })
    expect(await db`SELECT 1 FROM email_outbox WHERE order_id = ${orders[0]!.id}`).toHaveLength(1)
    expect(await db`SELECT outcome FROM webhook_events WHERE id = ${repeated}`).toEqual([{ outcome: 'processed' }])
  })

  test('40 buyers of the last 7 units reserve exactly 7, and the others are told what is left', async () => {
    const sku = await createSku({ onHand: 7 })
    const buyers = await times(40, () => createBuyer({ sku }))
    const answers = await times(40, (index) => buyers[index]!.client.post('/v1/checkout', TERMS))
    const refused = answers.filter(({ status }) => status === 409)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7)
    expect(refused).toHaveLength(33)
    for (const { json } of refused) {
      expect(json).toMatchObject({
        code: 'insufficient-stock',
        skus: [{ sku_id: sku.skuId, requested: 1, available_quantity: 0 }],
      })
    }
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 7, reserved: 7 })
  })

  test('8 clicks get one open checkout and one session', async () => {
    const { client, sku } = await createBuyer()
    const answers = await times(8, () => client.post('/v1/checkout', TERMS))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 200, 200, 200, 201,
    ])
    expect(new Set(answers.map(({ json }) => json.session_id)).size).toBe(1)
    expect(new Set(answers.map(({ json }) => json.checkout_id)).size).toBe(1)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })

  test('40 buyers with the same two SKUs in opposite order do not deadlock', async () => {
    const [first, second] = [await createSku({ onHand: 1_000 }), await createSku({ onHand: 1_000 })]
    const buyers = await times(40, async (index) => {
      const client = await createVisitor()
      for (const sku of index % 2 === 0 ? [first, second] : [second, first]) await addToCart(client, sku.skuId)
      return client
    })
    const answers = await times(40, (index) => buyers[index]!.post('/v1/checkout', TERMS))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 201))
    expect(await stockOf(first.skuId)).toEqual({ on_hand: 1_000, reserved: 40 })
    expect(await stockOf(second.skuId)).toEqual({ on_hand: 1_000, reserved: 40 })
  })

  test('40 buyers of a code for 5 redeem it 5 times', async () => {
    const code = await createDiscountCode({ redemptionLimit: 5 })
    const buyers = await times(40, async () => {
      const { client } = await createBuyer()
      expect((await client.post('/v1/cart/discount-codes', { code: code.code })).status).toBe(200)
      return client
    })
    const answers = await times(40, (index) => buyers[index]!.post('/v1/checkout', TERMS))
    const [row] = await db`SELECT reserved_count FROM discount_codes WHERE id = ${code.id}`
    const discounted =
      await db`SELECT count(*)::int AS n FROM checkout_discounts d JOIN checkouts c ON c.id = d.checkout_id
      WHERE d.discount_code_id = ${code.id} AND c.status = 'open'`
    expect(row!.reserved_count).toBe(5)
    expect(discounted[0]!.n).toBe(5)
    for (const { status, json } of answers) expect(status === 201 || json.code === 'discount-exhausted').toBe(true)
  })

  test('a code once per customer is redeemed once by one customer with 10 carts', async () => {
    const code = await createDiscountCode({ perCustomerLimit: 1 })
    const email = `${crypto.randomUUID()}@example.com`
    const carts = await times(10, async () => {
      const { client } = await createBuyer()
      await client.post('/v1/cart/discount-codes', { code: code.code })
      return client
    })
    const answers = await times(10, (index) => carts[index]!.post('/v1/checkout', { ...TERMS, email }))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ json }) => json.code === 'discount-used-up')).toHaveLength(9)
  })

  test('40 checkouts and 40 changes of one cart leave one open checkout that matches its reservation', async () => {
    const { client, sku } = await createBuyer()
    await times(80, (index) =>
      index % 2 === 0
        ? client.post('/v1/checkout', TERMS)
        : client.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 1 + (index % 7) }),
    )
    const open = await db`SELECT i.quantity FROM checkouts c JOIN checkout_items i ON i.checkout_id = c.id
      WHERE i.sku_id = ${sku.skuId} AND c.status = 'open'`
    expect(open.length).toBeLessThanOrEqual(1)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: open[0]?.quantity ?? 0 })
  })
})
