import { describe, expect, it } from 'vitest'
import { openBrowser, PASSWORD, registerMember } from '../support/accounts.ts'
import { buy, checkOut } from '../support/buyer.ts'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { deliverEmail } from '../support/email.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { createSku, db, type TestSku, unique } from '../support/shop.ts'
import { pay, stripe } from '../support/stripe.ts'

/** A SKU that stands in two products: `first` by its position, and `second`. */
async function createShared(): Promise<{ sku: TestSku; first: TestSku; second: TestSku }> {
  const [sku, first, second] = await Promise.all([createSku(), createSku(), createSku()])
  await db`DELETE FROM product_skus WHERE sku_id = ${sku.skuId}`
  await db`INSERT INTO product_skus (product_id, sku_id, position)
    VALUES (${first.productId}, ${sku.skuId}, 1), (${second.productId}, ${sku.skuId}, 2)`
  await db`INSERT INTO product_images (product_id, url, caption, is_main)
    VALUES (${second.productId}, '/images/second.webp', 'The second', true)`
  return { sku, first, second }
}

const add = (client: Client, sku: TestSku, product?: TestSku) =>
  client.post('/v1/cart/items', {
    sku_id: sku.skuId,
    quantity: 1,
    ...(product === undefined ? {} : { product_id: product.productId }),
  })

const shown = (product: TestSku) => ({
  product_id: product.productId,
  product_slug: product.slug,
  title: product.title,
})

const lineOf = async (client: Client) => (await client.get('/v1/cart')).json.items[0]

const setStatus = (product: TestSku, status: string) =>
  db`UPDATE products SET status = ${status} WHERE id = ${product.productId}`

describe('a line whose SKU stands in several products', () => {
  it('shows the one that it was chosen from, else the first', async () => {
    const { sku, first, second } = await createShared()
    const [visitor, other] = [await createVisitor(), await createVisitor()]
    expect((await add(visitor, sku, second)).json.items).toMatchObject([
      { ...shown(second), image: { url: 'http://shop.test/images/second.webp', caption: 'The second' } },
    ])
    expect((await add(other, sku)).json.items).toMatchObject([{ ...shown(first), image: null }])
  })

  it('shows the choice that was made last, and an addition without one makes none', async () => {
    const { sku, first, second } = await createShared()
    const visitor = await createVisitor()
    await add(visitor, sku)
    expect((await add(visitor, sku, second)).json.items).toMatchObject([{ ...shown(second), quantity: 2 }])
    expect((await add(visitor, sku)).json.items).toMatchObject([{ ...shown(second), quantity: 3 }])
    expect((await add(visitor, sku, first)).json.items).toMatchObject([{ ...shown(first), quantity: 4 }])
    await visitor.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 9 })
    expect(await lineOf(visitor)).toMatchObject({ ...shown(first), quantity: 9 })
  })

  it('shows the other one while the chosen one is not for sale, and for good once it is gone', async () => {
    const { sku, first, second } = await createShared()
    const visitor = await createVisitor()
    await add(visitor, sku, second)
    await setStatus(second, 'archived')
    expect(await lineOf(visitor)).toMatchObject(shown(first))
    await setStatus(second, 'active')
    expect(await lineOf(visitor)).toMatchObject(shown(second))
    await setStatus(first, 'archived')
    await setStatus(second, 'draft')
    expect(await lineOf(visitor)).toMatchObject({ product_id: null, product_slug: null, title: second.title })
    await setStatus(first, 'active')
    await setStatus(second, 'active')
    await db`DELETE FROM product_skus WHERE product_id = ${second.productId} AND sku_id = ${sku.skuId}`
    expect(await lineOf(visitor)).toMatchObject({ ...shown(first), warnings: [] })
    await db`DELETE FROM products WHERE id = ${second.productId}`
    expect(await lineOf(visitor)).toMatchObject({ ...shown(first), warnings: [] })
  })

  it('is refused for a product that does not sell it, and nothing is stored', async () => {
    const { sku, second } = await createShared()
    const visitor = await createVisitor()
    await setStatus(second, 'draft')
    const elsewhere = await createSku()
    for (const product of [second, elsewhere, { ...elsewhere, productId: crypto.randomUUID() }])
      expectProblem(await add(visitor, sku, product), 409, 'sku-not-in-product')
    const json = { sku_id: sku.skuId, quantity: 1, product_id: 'teapot' }
    expectProblem(await visitor.post('/v1/cart/items', json), 422, 'validation-failed')
    expect((await visitor.get('/v1/cart')).json.items).toEqual([])
  })

  it('keeps the choice when its visitor signs in, with a cart of the member’s own or without', async () => {
    const { sku, first, second } = await createShared()
    const { client: member, username } = await registerMember()
    for (const mine of [undefined, first, second]) {
      await member.delete('/v1/cart')
      if (mine !== undefined) await add(member, sku, mine)
      const visitor = await openBrowser()
      await add(visitor, sku, mine === second ? undefined : second)
      const login = await visitor.post('/v1/auth/login', { login: username, password: PASSWORD })
      expect(login.status).toBe(200)
      expect(await lineOf(visitor)).toMatchObject(shown(second))
    }
  })

  it('is that choice on the payment page, in the order and in the email', async () => {
    const { sku, second } = await createShared()
    const visitor = await createVisitor()
    await add(visitor, sku, second)
    const email = `${unique('guest')}@example.com`
    const { session_id } = await checkOut(visitor)
    const { data } = await stripe.checkout.sessions.listLineItems(session_id)
    expect(data.map(({ description }) => description)).toEqual([second.title])
    await pay(session_id, { email })
    const { order_identifier: identifier } = (await visitor.get(`/v1/checkout/${session_id}`)).json
    const { items } = (await visitor.get(`/v1/orders/${identifier}`)).json
    expect(items).toMatchObject([shown(second)])
    const [row] = await db`
      SELECT e.id FROM email_outbox e JOIN orders o ON o.id = e.order_id WHERE o.identifier = ${identifier}`
    await deliverEmail(row!.id)
    expect((await oneEmailTo(email)).text).toContain(`1 x ${second.title}`)
  })

  it('changed after the checkout began gets a checkout of its own', async () => {
    const { sku, first, second } = await createShared()
    const visitor = await createVisitor()
    await add(visitor, sku, first)
    const before = await checkOut(visitor)
    await add(visitor, sku, second)
    await visitor.patch(`/v1/cart/items/${sku.skuId}`, { quantity: 1 })
    expect((await checkOut(visitor)).checkout_id).not.toBe(before.checkout_id)
  })

  it('is added once for an Idempotency-Key, which does not stand for another choice', async () => {
    const { sku, first, second } = await createShared()
    const visitor = await createVisitor()
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const asked = (product: TestSku) => ({ sku_id: sku.skuId, quantity: 1, product_id: product.productId })
    for (let time = 1; time <= 2; time++) {
      const { json } = await visitor.post('/v1/cart/items', asked(second), headers)
      expect(json.items).toMatchObject([{ ...shown(second), quantity: 1 }])
    }
    expectProblem(await visitor.post('/v1/cart/items', asked(first), headers), 422, 'idempotency-key-reused')
  })
})

describe('an order', () => {
  it('keeps what was bought, with image, code, colour and size, whatever becomes of it', async () => {
    const { client } = await registerMember()
    const sku = await createSku()
    await db`UPDATE skus SET description = 'Glazed', color = 'Blue', size = 'L' WHERE id = ${sku.skuId}`
    await db`INSERT INTO sku_images (sku_id, url, caption) VALUES (${sku.skuId}, '/images/blue.webp', 'In blue')`
    await add(client, sku, sku)
    const { identifier } = await buy(client)
    await db`UPDATE skus SET description = '', color = 'Red', size = NULL, code = ${unique('SKU')} WHERE id = ${sku.skuId}`
    await db`DELETE FROM sku_images WHERE sku_id = ${sku.skuId}`
    await db`UPDATE products SET title = 'Another', slug = ${unique('another')} WHERE id = ${sku.productId}`
    const asListed = {
      sku_id: sku.skuId,
      sku_code: sku.code,
      product_slug: sku.slug,
      title: sku.title,
      color: 'Blue',
      size: 'L',
      image: { url: 'http://shop.test/images/blue.webp', caption: 'In blue' },
      quantity: 1,
    }
    const price = { amount: sku.amount, currency: 'usd' }
    expect((await client.get(`/v1/orders/${identifier}`)).json.items).toEqual([
      {
        ...asListed,
        product_id: sku.productId,
        description: 'Glazed, Blue, L',
        unit_price: price,
        discount: { amount: 0, currency: 'usd' },
        line_total: price,
      },
    ])
    expect((await client.get('/v1/orders')).json.items).toMatchObject([{ identifier, items: [asListed] }])
  })
})
