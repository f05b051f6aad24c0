import { describe, expect, it } from 'vitest'
import { createClient, createVisitor } from '../support/client.ts'
import { countRoundTrips, createSku, db } from '../support/shop.ts'
import { cartsOf, usd } from './support.ts'

describe('reading', () => {
  it('shows a caller without a cookie an empty cart, without asking the database and without setting a cookie', async () => {
    const stranger = createClient()
    const { result, roundTrips } = await countRoundTrips(() => stranger.get('/v1/cart'))
    expect(result.status).toBe(200)
    expect(result.json).toEqual({
      id: null,
      version: 0,
      currency: 'usd',
      items: [],
      discount_codes: [],
      shipping_method: null,
      totals: {
        item_subtotal: usd(0),
        item_discount: usd(0),
        shipping: usd(0),
        shipping_discount: usd(0),
        tax: usd(0),
        total: usd(0),
      },
    })
    expect(roundTrips).toBe(0)
    expect(stranger.cookies.size).toBe(0)
  })

  it('makes no cart, and takes one round trip and one statement', async () => {
    const visitor = await createVisitor()
    const read = await countRoundTrips(() => visitor.get('/v1/cart'))
    expect(read.result.json).toMatchObject({ id: null, version: 0, items: [] })
    expect(await cartsOf(visitor)).toEqual([])
    await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    const again = await countRoundTrips(() => visitor.get('/v1/cart'))
    expect(again.result.json.items).toHaveLength(1)
    expect([read, again].map(({ roundTrips, statements }) => [roundTrips, statements])).toEqual([
      [1, 1],
      [1, 1],
    ])
  })

  it('leaves the version as it is', async () => {
    const visitor = await createVisitor()
    await visitor.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    await visitor.get('/v1/cart')
    expect((await visitor.get('/v1/cart')).json.version).toBe(1)
  })

  it("shows nothing of another visitor's cart", async () => {
    const [one, other] = [await createVisitor(), await createVisitor()]
    await one.post('/v1/cart/items', { sku_id: (await createSku()).skuId, quantity: 1 })
    expect((await other.get('/v1/cart')).json.items).toEqual([])
  })

  it('is kept out of every cache', async () => {
    expect((await createClient().get('/v1/cart')).headers.get('Cache-Control')).toBe('private, no-store')
  })
})

describe('the view of a line', () => {
  it('carries product, price, image and availability', async () => {
    const visitor = await createVisitor()
    const sku = await createSku({ amount: 1_999, onHand: 7 })
    await db`UPDATE skus SET description = 'Glazed', color = 'Blue', size = 'L' WHERE id = ${sku.skuId}`
    await db`INSERT INTO product_images (product_id, url, caption, is_main) VALUES (${sku.productId}, '/images/main.webp', 'From the side', true)`
    const { status, json } = await visitor.post('/v1/cart/items', { sku_id: sku.skuId, quantity: 2 })
    expect(status).toBe(200)
    expect(json.items).toEqual([
      {
        sku_id: sku.skuId,
        product_id: sku.productId,
        product_slug: sku.slug,
        title: sku.title,
        description: 'Glazed, Blue, L',
        sku_code: sku.code,
        color: 'Blue',
        size: 'L',
        image: { url: 'http://shop.test/images/main.webp', caption: 'From the side' },
        quantity: 2,
        inventory_state: 'in_stock',
        available: true,
        available_quantity: 7,
        unit_price: usd(1_999),
        discount: usd(0),
        line_total: usd(3_998),
        warnings: [],
      },
    ])
    expect(json.totals.item_subtotal).toEqual(usd(3_998))
    await db`INSERT INTO sku_images (sku_id, url) VALUES (${sku.skuId}, '/images/blue.webp')`
    expect((await visitor.get('/v1/cart')).json.items[0].image.url).toBe('http://shop.test/images/blue.webp')
  })

  it('takes the latest price that holds, in the currency of the shop', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku({ amount: 1_000 })
    await db`INSERT INTO sku_prices (sku_id, amount, currency, effective_at) VALUES
      (${skuId}, 900, 'usd', now() - interval '1 hour'), (${skuId}, 100, 'usd', now() + interval '1 hour'), (${skuId}, 1, 'eur', now())`
    const { json } = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 1 })
    expect(json.items[0].unit_price).toEqual(usd(900))
  })

  it('shows the active product that comes first of those that hold the SKU', async () => {
    const visitor = await createVisitor()
    const sku = await createSku()
    const [first, draft] = [await createSku(), await createSku({ status: 'draft' })]
    await db`UPDATE product_skus SET position = 5 WHERE sku_id = ${sku.skuId}`
    await db`INSERT INTO product_skus (product_id, sku_id, position) VALUES (${first.productId}, ${sku.skuId}, 2), (${draft.productId}, ${sku.skuId}, 1)`
    const { json } = await visitor.post('/v1/cart/items', { sku_id: sku.skuId, quantity: 1 })
    expect(json.items[0]).toMatchObject({ product_slug: first.slug, title: first.title })
  })

  it('warns of what became scarce, sold out, unpriced or withdrawn since, and prices what it can', async () => {
    const visitor = await createVisitor()
    const [scarce, soldOut, unpriced, withdrawn] = await Promise.all([1, 2, 3, 4].map(() => createSku({ onHand: 10 })))
    for (const sku of [scarce, soldOut, unpriced, withdrawn]) {
      await visitor.post('/v1/cart/items', { sku_id: sku!.skuId, quantity: 5 })
    }
    await db`UPDATE skus SET reserved = 6 WHERE id = ${scarce!.skuId}`
    await db`UPDATE skus SET inventory_state = 'out_of_stock' WHERE id = ${soldOut!.skuId}`
    await db`DELETE FROM sku_prices WHERE sku_id = ${unpriced!.skuId}`
    await db`UPDATE products SET status = 'archived' WHERE id = ${withdrawn!.productId}`
    const { json } = await visitor.get('/v1/cart')
    expect(json.items.map((item: { warnings: unknown }) => item.warnings)).toEqual([
      [{ code: 'insufficient-stock', message: expect.any(String), available_quantity: 4 }],
      [{ code: 'out-of-stock', message: expect.any(String), available_quantity: 0 }],
      [{ code: 'no-price', message: expect.any(String) }],
      [{ code: 'not-available', message: expect.any(String) }],
    ])
    expect(json.items.map((item: { unit_price: unknown }) => item.unit_price)).toEqual([
      usd(1_000),
      usd(1_000),
      null,
      null,
    ])
    expect(json.items.map((item: Record<string, unknown>) => [item['available'], item['available_quantity']])).toEqual([
      [true, 4],
      [false, 0],
      [false, 0],
      [false, 0],
    ])
    expect(json.items[3]).toMatchObject({ title: withdrawn!.title, product_slug: null })
    expect(json.totals.item_subtotal).toEqual(usd(10_000))
  })

  it('does not warn of stock that the open checkout of the same cart holds', async () => {
    const [visitor, other] = [await createVisitor(), await createVisitor()]
    const { skuId } = await createSku({ onHand: 2 })
    for (const each of [visitor, other]) await each.post('/v1/cart/items', { sku_id: skuId, quantity: 2 })
    const checkout = await visitor.post('/v1/checkout', { agreed_with_terms_of_sale: true })
    expect(checkout.status, checkout.text).toBe(201)
    expect((await visitor.get('/v1/cart')).json.items[0]).toMatchObject({
      available: true,
      available_quantity: 2,
      warnings: [],
    })
    expect((await other.get('/v1/cart')).json.items[0]).toMatchObject({
      available: false,
      available_quantity: 0,
      warnings: [{ code: 'out-of-stock' }],
    })
  })
})
