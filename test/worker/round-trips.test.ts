import { describe, expect, test } from 'vitest'
import { signedIn } from './support/as-member.ts'
import { addToCart, checkOut, createBuyer } from './support/buyer.ts'
import { createVisitor } from './support/client.ts'
import { countRoundTrips, createDiscountCode, createSku } from './support/shop.ts'
import { deliver, pay, sessionEvent } from './support/stripe.ts'

const TERMS = { agreed_with_terms_of_sale: true }

/** Deferred work ends before the client returns, so its round trips are counted as well; each test says which they are. */
describe('round trips to the database', () => {
  test('reading the cart takes one', async () => {
    const { client } = await createBuyer()
    await addToCart(client, (await createSku()).skuId, 2)
    const { roundTrips, statements } = await countRoundTrips(() => client.get('/v1/cart'))
    expect({ roundTrips, statements }).toEqual({ roundTrips: 1, statements: 1 })
  })

  test('every change of the cart takes one, which is one transaction', async () => {
    const client = await createVisitor()
    const { skuId } = await createSku()
    const { code } = await createDiscountCode()
    const methods = (await client.get('/v1/shipping-methods')).json.items
    const changes: [string, () => Promise<{ status: number }>][] = [
      ['add', () => client.post('/v1/cart/items', { sku_id: skuId, quantity: 1 })],
      ['set', () => client.patch(`/v1/cart/items/${skuId}`, { quantity: 3 })],
      ['code', () => client.post('/v1/cart/discount-codes', { code })],
      ['drop code', () => client.delete(`/v1/cart/discount-codes/${code}`)],
      ['ship', () => client.put('/v1/cart/shipping-method', { shipping_method_id: methods[0].id })],
      ['remove', () => client.delete(`/v1/cart/items/${skuId}`)],
      ['empty', () => client.delete('/v1/cart')],
    ]
    for (const [name, change] of changes) {
      const { result, roundTrips } = await countRoundTrips(change)
      expect({ name, status: result.status, roundTrips }).toEqual({ name, status: 200, roundTrips: 1 })
    }
  })

  test('starting a checkout takes two before the answer, and one after it that stores the session', async () => {
    const { client } = await createBuyer()
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/checkout', TERMS))
    expect({ status: result.status, roundTrips }).toEqual({ status: 201, roundTrips: 3 })
  })

  test('asking for the same checkout again takes one', async () => {
    const { client } = await createBuyer()
    await checkOut(client)
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/checkout', TERMS))
    expect({ status: result.status, roundTrips }).toEqual({ status: 200, roundTrips: 1 })
  })

  test('replacing a checkout takes two before the answer as well', async () => {
    const { client, sku } = await createBuyer()
    await checkOut(client)
    await addToCart(client, sku.skuId)
    const { result, roundTrips } = await countRoundTrips(() => client.post('/v1/checkout', TERMS))
    expect({ status: result.status, roundTrips }).toEqual({ status: 201, roundTrips: 3 })
  })

  test('placing an order takes one write transaction in one round trip, and one after it that clears the cart', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id)
    const event = sessionEvent('checkout.session.completed', { id: session_id })
    const { result, roundTrips } = await countRoundTrips(() => deliver(event, client))
    expect({ status: result.status, roundTrips }).toEqual({ status: 200, roundTrips: 2 })
  })

  test("a member's order takes one more after it, which keeps the address", async () => {
    const { client } = await signedIn()
    await addToCart(client, (await createSku()).skuId)
    const { session_id } = await checkOut(client)
    await pay(session_id)
    const event = sessionEvent('checkout.session.completed', { id: session_id })
    const { result, roundTrips } = await countRoundTrips(() => deliver(event))
    expect({ status: result.status, roundTrips }).toEqual({ status: 200, roundTrips: 3 })
  })

  test('an order and the return page of a finished checkout take one', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id)
    const { order_identifier } = (await client.get(`/v1/checkout/${session_id}`)).json
    expect((await countRoundTrips(() => client.get(`/v1/checkout/${session_id}`))).roundTrips).toBe(1)
    expect((await countRoundTrips(() => client.get(`/v1/orders/${order_identifier}`))).roundTrips).toBe(1)
  })
})
