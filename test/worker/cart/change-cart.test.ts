import { describe, expect, it } from 'vitest'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createMember } from '../support/member.ts'
import { countRoundTrips, createSku, db, unique } from '../support/shop.ts'
import { cartsOf, usd } from './support.ts'

describe('adding', () => {
  it('adds up units of the same SKU and keeps the order in which products came', async () => {
    const visitor = await createVisitor()
    const [one, two] = [await createSku(), await createSku()]
    for (const sku of [one, two, one]) await visitor.post('/v1/cart/items', { sku_id: sku.skuId, quantity: 2 })
    const { json } = await visitor.get('/v1/cart')
    expect(json.items.map((item: { sku_id: string; quantity: number }) => [item.sku_id, item.quantity])).toEqual([
      [one.skuId, 4],
      [two.skuId, 2],
    ])
    expect(json.version).toBe(3)
  })

  it('warns of more than is in stock, and refuses nothing', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku({ onHand: 1 })
    const { status, json } = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 3 })
    expect(status).toBe(200)
    expect(json.items[0].warnings).toEqual([
      expect.objectContaining({ code: 'insufficient-stock', available_quantity: 1 }),
    ])
  })

  it('takes a back-ordered SKU with a warning', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku({ onHand: null, inventoryState: 'back_ordered' })
    const { json } = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 1 })
    expect(json.items[0].warnings).toEqual([expect.objectContaining({ code: 'back-ordered' })])
  })

  it('refuses what nobody sells, with a code that says so, and keeps nothing of it', async () => {
    const visitor = await createVisitor()
    const withoutPrice = await createSku()
    await db`UPDATE sku_prices SET effective_at = now() + interval '1 day' WHERE sku_id = ${withoutPrice.skuId}`
    const add = (sku_id: string) => visitor.post('/v1/cart/items', { sku_id, quantity: 1 })
    expectProblem(await add(crypto.randomUUID()), 404, 'sku-not-found')
    expectProblem(await add(withoutPrice.skuId), 409, 'sku-not-available')
    expectProblem(await add((await createSku({ status: 'draft' })).skuId), 409, 'sku-not-available')
    expectProblem(await add((await createSku({ inventoryState: 'out_of_stock' })).skuId), 409, 'sku-not-available')
    expect(await cartsOf(visitor)).toEqual([])
  })

  it('stops at 99 units of a SKU, and leaves the line as it was', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku({ onHand: null })
    await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 98 })
    expectProblem(await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 }), 422, 'quantity-limit')
    const { json } = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 1 })
    expect(json).toMatchObject({ version: 2, items: [{ quantity: 99 }] })
  })

  it('stops at 50 lines, but still adds to one of them', async () => {
    const visitor = await createVisitor()
    const skus = await db`
      WITH product AS (
        INSERT INTO products (identifier, slug, title) VALUES (${unique('').slice(-10).padStart(10, 'X')}, ${unique('many')}, 'Buttons') RETURNING id
      ), sku AS (
        INSERT INTO skus (code) SELECT ${unique('MANY')} || '-' || n FROM generate_series(1, 51) n RETURNING id
      ), pair AS (
        INSERT INTO product_skus (product_id, sku_id) SELECT product.id, sku.id FROM product, sku
      )
      INSERT INTO sku_prices (sku_id, amount, currency, effective_at) SELECT id, 10, 'usd', '2020-01-01' FROM sku RETURNING sku_id`
    const add = (sku: Record<string, string>) => visitor.post('/v1/cart/items', { sku_id: sku.sku_id, quantity: 1 })
    for (const sku of skus.slice(0, 50)) expect((await add(sku)).status).toBe(200)
    expectProblem(await add(skus[50]!), 422, 'cart-lines-limit')
    const { json } = await add(skus[0]!)
    expect(json.items).toHaveLength(50)
    expect(json.items[0].quantity).toBe(2)
  })

  it('gives a member who sends no cookies but a bearer a cart of its own', async () => {
    const app = createClient()
    const { skuId } = await createSku()
    const { bearer: headers } = await createMember()
    const { status, json } = await app.post('/v1/cart/items', { sku_id: skuId, quantity: 1 }, headers)
    expect(status).toBe(200)
    expect((await app.get('/v1/cart', headers)).json.id).toBe(json.id)
    expect((await app.get('/v1/cart')).json.id).toBeNull()
  })
})

describe('changing and removing', () => {
  it('sets a quantity, and counts only what changed', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 1 })
    expect((await visitor.patch(`/v1/cart/items/${skuId}`, { quantity: 7 })).json).toMatchObject({
      version: 2,
      items: [{ quantity: 7, line_total: usd(7_000) }],
    })
    expect((await visitor.patch(`/v1/cart/items/${skuId}`, { quantity: 7 })).json.version).toBe(2)
  })

  it('answers 404 for the quantity of what is not in the cart, or when there is no cart', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    expectProblem(await visitor.patch(`/v1/cart/items/${skuId}`, { quantity: 1 }), 404, 'not-found')
    await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    expectProblem(await visitor.patch(`/v1/cart/items/${skuId}`, { quantity: 1 }), 404, 'not-found')
    const nobody = await createClient().call('PATCH', `/v1/cart/items/${skuId}`, {
      json: { quantity: 1 },
      headers: (await createMember()).bearer,
    })
    expectProblem(nobody, 404, 'not-found')
  })

  it('removes a line, and answers the same when it is gone already', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 1 })
    const removed = await visitor.delete(`/v1/cart/items/${skuId}`)
    expect(removed.json).toMatchObject({ version: 2, items: [], totals: { total: usd(0) } })
    const again = await visitor.delete(`/v1/cart/items/${skuId}`)
    expect([again.status, again.json]).toEqual([200, removed.json])
  })

  it('empties the cart and keeps its row', async () => {
    const visitor = await createVisitor()
    const before = (await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })).json
    const emptied = await visitor.delete('/v1/cart')
    expect(emptied.json).toMatchObject({ id: before.id, version: 2, items: [] })
    expect((await visitor.delete('/v1/cart')).json.version).toBe(2)
    expect((await (await createVisitor()).delete('/v1/cart')).json.id).toBeNull()
  })

  it('takes one round trip each', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    const changes = [
      () => visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 1 }),
      () => visitor.patch(`/v1/cart/items/${skuId}`, { quantity: 3 }),
      () => visitor.delete(`/v1/cart/items/${skuId}`),
      () => visitor.delete('/v1/cart'),
    ]
    for (const change of changes) {
      const { result, roundTrips } = await countRoundTrips(change)
      expect([result.status, roundTrips]).toEqual([200, 1])
    }
  })
})
