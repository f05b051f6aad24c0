import { describe, expect, test } from 'vitest'
import { addToCart, checkOut, createBuyer } from '../support/buyer.ts'
import type { Client } from '../support/client.ts'
import { createDiscountCode, createSku, db } from '../support/shop.ts'
import { openBrowser, PASSWORD, registerMember, registration } from '../support/accounts.ts'

const signIn = async (client: Client, login: string) =>
  expect((await client.post('/v1/auth/login', { login, password: PASSWORD })).status).toBe(200)

async function quantities(client: Client): Promise<Record<string, number>> {
  const { items } = (await client.get('/v1/cart')).json
  return Object.fromEntries(items.map((item: { sku_id: string; quantity: number }) => [item.sku_id, item.quantity]))
}

describe('signing in with a cart', () => {
  test('makes it the cart of a member who had none, its checkout included', async () => {
    const { client, sku } = await createBuyer({ quantity: 2 })
    const before = (await client.get('/v1/cart')).json
    const checkout = await checkOut(client)
    const { status } = await client.post('/v1/auth/register', registration())
    expect(status).toBe(201)
    const after = (await client.get('/v1/cart')).json
    expect(after).toMatchObject({
      id: before.id,
      version: before.version + 1,
      items: [{ sku_id: sku.skuId, quantity: 2 }],
    })
    expect((await client.get(`/v1/checkout/${checkout.session_id}`)).json).toMatchObject({ status: 'open' })
  })

  test('adds quantities up to 99, and moves codes and the choice of shipping', async () => {
    const { client: member, username } = await registerMember()
    const [shared, mine, theirs] = [await createSku({ onHand: 500 }), await createSku(), await createSku()]
    await addToCart(member, shared.skuId, 60)
    await addToCart(member, mine.skuId, 1)
    const { code } = await createDiscountCode()
    const visitor = await openBrowser()
    await addToCart(visitor, shared.skuId, 70)
    await addToCart(visitor, theirs.skuId, 3)
    expect((await visitor.post('/v1/cart/discount-codes', { code })).status).toBe(200)
    const methods = (await visitor.get('/v1/shipping-methods')).json.items
    const chosen = methods.at(-1).id
    await visitor.put('/v1/cart/shipping-method', { shipping_method_id: chosen })
    await signIn(visitor, username)
    const expected = { [shared.skuId]: 99, [mine.skuId]: 1, [theirs.skuId]: 3 }
    expect(await quantities(visitor)).toEqual(expected)
    expect(await quantities(member)).toEqual(expected)
    const cart = (await visitor.get('/v1/cart')).json
    expect(cart.discount_codes).toMatchObject([{ code }])
    expect(cart.shipping_method).toMatchObject({ id: chosen, chosen: true })
  })

  test("keeps the member's own choice of shipping", async () => {
    const { client: member, username } = await registerMember()
    const methods = (await member.get('/v1/shipping-methods')).json.items
    await member.put('/v1/cart/shipping-method', { shipping_method_id: methods[0].id })
    const visitor = await openBrowser()
    await visitor.put('/v1/cart/shipping-method', { shipping_method_id: methods.at(-1).id })
    await signIn(visitor, username)
    expect((await visitor.get('/v1/cart')).json.shipping_method.id).toBe(methods[0].id)
  })

  test('twice, or many times at once, loses and doubles nothing', { timeout: 60_000 }, async () => {
    const { client: member, username } = await registerMember()
    const sku = await createSku()
    await addToCart(member, sku.skuId, 2)
    const visitor = await openBrowser()
    await addToCart(visitor, sku.skuId, 3)
    await Promise.all(Array.from({ length: 5 }, () => signIn(visitor, username)))
    await signIn(visitor, username)
    expect(await quantities(visitor)).toEqual({ [sku.skuId]: 5 })
    const { version } = (await visitor.get('/v1/cart')).json
    await signIn(visitor, username)
    expect((await visitor.get('/v1/cart')).json.version).toBe(version)
  })

  test("while the member's first cart is made on another device ends with both", { timeout: 60_000 }, async () => {
    for (let round = 0; round < 5; round++) {
      const { client: member, username } = await registerMember()
      const [one, two] = [await createSku(), await createSku()]
      const visitor = await openBrowser()
      await addToCart(visitor, one.skuId, 1)
      const login = signIn(visitor, username)
      const additions = Promise.all(Array.from({ length: 4 }, () => addToCart(member, two.skuId, 1)))
      await Promise.all([login, additions])
      expect(await quantities(member)).toEqual({ [one.skuId]: 1, [two.skuId]: 4 })
    }
  })

  test('leaves lines that do not fit into 50 with the visitor', { timeout: 60_000 }, async () => {
    const { client: member, username, id } = await registerMember()
    const skus = []
    for (let count = 0; count < 53; count++) skus.push((await createSku()).skuId)
    for (const skuId of skus.slice(0, 48)) await addToCart(member, skuId)
    const visitor = await openBrowser()
    for (const skuId of [skus[0]!, ...skus.slice(48)]) await addToCart(visitor, skuId)
    await signIn(visitor, username)
    const merged = await quantities(visitor)
    expect(Object.keys(merged)).toHaveLength(50)
    expect(merged[skus[0]!]).toBe(2)
    expect(merged).toMatchObject({ [skus[48]!]: 1, [skus[49]!]: 1 })
    expect((await visitor.post('/v1/auth/logout')).status).toBe(204)
    expect(Object.keys(await quantities(visitor)).toSorted()).toEqual(skus.slice(50).toSorted())
    const [count] = await db`SELECT count(*)::int AS n FROM carts WHERE member_id = ${id}`
    expect(count!.n).toBe(1)
  })

  test('brings the open checkout along, so that the next one replaces it', async () => {
    const { client: member, username } = await registerMember()
    await addToCart(member, (await createSku()).skuId)
    const { client: visitor, sku } = await createBuyer({ quantity: 4 })
    const open = await checkOut(visitor)
    await signIn(visitor, username)
    const next = await checkOut(visitor)
    expect(next.checkout_id).not.toBe(open.checkout_id)
    const [row] = await db`SELECT status FROM checkouts WHERE id = ${open.checkout_id}`
    expect(row!.status).toBe('expired')
    const [stock] = await db`SELECT reserved FROM skus WHERE id = ${sku.skuId}`
    expect(stock!.reserved).toBe(4)
  })

  test.each(['complete', 'processing'])(
    'whose goods are bought but not taken out yet (%s) does not sell them twice',
    async (status) => {
      const { client: member, username } = await registerMember()
      const wanted = await createSku()
      await addToCart(member, wanted.skuId)
      const { client: visitor } = await createBuyer()
      const { checkout_id: bought } = await checkOut(visitor)
      await db`UPDATE checkouts SET status = ${status}, closed_at = now() WHERE id = ${bought}`
      await signIn(visitor, username)
      await checkOut(visitor)
      expect(await quantities(visitor)).toEqual({ [wanted.skuId]: 1 })
    },
  )
})
