import { afterAll, describe, expect, it } from 'vitest'
import { createVisitor, expectProblem } from '../support/client.ts'
import { countRoundTrips, createDiscountCode, createSku, db, unique } from '../support/shop.ts'
import { usd } from './support.ts'

const made: string[] = []

/** A method of its own, behind those of the seed. */
async function createMethod({ amount = 777, active = true, currency = 'usd' } = {}): Promise<string> {
  const [row] = await db`
    INSERT INTO shipping_methods (code, name, carrier, amount, currency, active, position)
    VALUES (${unique('ship')}, 'By balloon', 'Montgolfier', ${amount}, ${currency}, ${active}, 1000) RETURNING id`
  made.push(row!.id)
  return row!.id
}

afterAll(async () => void (await db`DELETE FROM shipping_methods WHERE id = ANY(${made})`))

describe('shipping methods', () => {
  it('are listed in their order, the active ones in the currency of the shop, in one round trip', async () => {
    const [offered, retired, foreign] = [
      await createMethod(),
      await createMethod({ active: false }),
      await createMethod({ currency: 'eur' }),
    ]
    const visitor = await createVisitor()
    const { result, roundTrips } = await countRoundTrips(() => visitor.get('/v1/shipping-methods'))
    expect([result.status, roundTrips, result.json.next_cursor]).toEqual([200, 1, null])
    const ids = result.json.items.map((method: { id: string }) => method.id)
    expect(ids).toContain(offered)
    expect(ids).not.toContain(retired)
    expect(ids).not.toContain(foreign)
    const known = await db`SELECT id FROM shipping_methods WHERE active AND currency = 'usd' ORDER BY position, code`
    expect(ids).toEqual(known.map(({ id }) => id))
    expect(result.json.items.find((method: { id: string }) => method.id === offered)).toMatchObject({
      name: 'By balloon',
      carrier: 'Montgolfier',
      price: usd(777),
      tracking_url_template: null,
    })
  })
})

describe('shipping of a cart', () => {
  it('starts with the first method, which counts in the total', async () => {
    const visitor = await createVisitor()
    const { json } = await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    const [first] =
      await db`SELECT id, amount FROM shipping_methods WHERE active AND currency = 'usd' ORDER BY position, code`
    expect(json.shipping_method).toMatchObject({ id: first!.id, chosen: false })
    expect(json.totals).toMatchObject({ shipping: usd(first!.amount), total: usd(1_000 + first!.amount) })
  })

  it('can be chosen, in one round trip, and counts only once', async () => {
    const visitor = await createVisitor()
    await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    const shipping_method_id = await createMethod()
    const choose = () => visitor.put('/v1/cart/shipping-method', { shipping_method_id })
    const { result, roundTrips } = await countRoundTrips(choose)
    expect([result.status, roundTrips]).toEqual([200, 1])
    expect(result.json).toMatchObject({
      version: 2,
      shipping_method: { id: shipping_method_id, chosen: true, price: usd(777) },
      totals: { shipping: usd(777), total: usd(1_777) },
    })
    expect((await choose()).json.version).toBe(2)
    expect((await visitor.delete('/v1/cart')).json.shipping_method).toMatchObject({ chosen: false })
  })

  it('can be chosen before anything is in the cart', async () => {
    const visitor = await createVisitor()
    const shipping_method_id = await createMethod()
    const { json } = await visitor.put('/v1/cart/shipping-method', { shipping_method_id })
    expect(json).toMatchObject({ version: 1, items: [], shipping_method: { chosen: true }, totals: { total: usd(0) } })
  })

  it('cannot be one that is unknown, withdrawn or in another currency', async () => {
    const visitor = await createVisitor()
    const ids = [crypto.randomUUID(), await createMethod({ active: false }), await createMethod({ currency: 'eur' })]
    for (const shipping_method_id of ids) {
      const answer = await visitor.put('/v1/cart/shipping-method', { shipping_method_id })
      expectProblem(answer, 404, 'shipping-method-not-found')
    }
    expect((await visitor.get('/v1/cart')).json.id).toBeNull()
  })

  it('falls back to the first method when the chosen one is withdrawn', async () => {
    const visitor = await createVisitor()
    await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    const shipping_method_id = await createMethod()
    await visitor.put('/v1/cart/shipping-method', { shipping_method_id })
    await db`UPDATE shipping_methods SET active = false WHERE id = ${shipping_method_id}`
    const { json } = await visitor.get('/v1/cart')
    expect(json.shipping_method.chosen).toBe(false)
    expect(json.shipping_method.id).not.toBe(shipping_method_id)
  })

  it('is free, or cheaper down to nothing, by a discount code', async () => {
    const visitor = await createVisitor()
    await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    await visitor.put('/v1/cart/shipping-method', { shipping_method_id: await createMethod() })
    const reduced = await createDiscountCode({ kind: 'reduced_shipping', amountOff: 500, combinable: true })
    const { json } = await visitor.post('/v1/cart/discount-codes', { code: reduced.code })
    expect(json.totals).toMatchObject({ shipping: usd(777), shipping_discount: usd(500), total: usd(1_277) })
    const free = await createDiscountCode({ kind: 'free_shipping', combinable: true })
    const both = await visitor.post('/v1/cart/discount-codes', { code: free.code })
    expect(both.json.totals).toMatchObject({ shipping_discount: usd(777), item_discount: usd(0), total: usd(1_000) })
  })
})
