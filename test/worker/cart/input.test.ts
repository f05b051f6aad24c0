import { describe, expect, it } from 'vitest'
import { createVisitor, expectProblem } from '../support/client.ts'
import { countRoundTrips } from '../support/shop.ts'

describe('bad input', () => {
  const UUID = crypto.randomUUID()

  it.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['a list', []],
    ['null', null],
    ['an id that is not one', { sku_id: 'teapot', quantity: 1 }],
    ['a NUL character', { sku_id: 'a\0b', quantity: 1 }],
    ['half a surrogate pair', { sku_id: '\uD800', quantity: 1 }],
    ['a quantity of 0', { sku_id: UUID, quantity: 0 }],
    ['a negative quantity', { sku_id: UUID, quantity: -1 }],
    ['a quantity of 100', { sku_id: UUID, quantity: 100 }],
    ['a fraction', { sku_id: UUID, quantity: 1.5 }],
    ['a huge quantity', { sku_id: UUID, quantity: 1e300 }],
    ['a quantity in words', { sku_id: UUID, quantity: '1' }],
    ['an id that is a list', { sku_id: [UUID], quantity: 1 }],
  ])('is refused when adding: %s', async (_, json) => {
    const visitor = await createVisitor()
    const { result, roundTrips } = await countRoundTrips(() => visitor.post('/v1/cart/items', json))
    expectProblem(result, 422, 'validation-failed')
    expect(roundTrips).toBe(0)
  })

  it('is refused in addresses, quantities and methods of shipping', async () => {
    const visitor = await createVisitor()
    expectProblem(await visitor.patch('/v1/cart/items/1', { quantity: 1 }), 422, 'validation-failed')
    expectProblem(await visitor.patch(`/v1/cart/items/${UUID}`, { quantity: null }), 422, 'validation-failed')
    expectProblem(await visitor.patch(`/v1/cart/items/${UUID}`), 422, 'validation-failed')
    expectProblem(await visitor.delete('/v1/cart/items/%00'), 422, 'validation-failed')
    expectProblem(await visitor.put('/v1/cart/shipping-method', { shipping_method_id: 1 }), 422, 'validation-failed')
    expectProblem(await visitor.put('/v1/cart/shipping-method'), 422, 'validation-failed')
  })
})
