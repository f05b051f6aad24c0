import { afterEach, describe, expect, it } from 'vitest'
import { createVisitor, expectProblem } from '../support/client.ts'
import {
  clearDatabaseFaults,
  countRoundTrips,
  createDiscountCode,
  createSku,
  db,
  failDatabase,
  unique,
} from '../support/shop.ts'
import { cartsOf } from './support.ts'

const AT_ONCE = 40

describe('changes at the same time', () => {
  it('all count: 40 additions of one SKU to one cart', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    const add = () => visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 })
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, add))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: AT_ONCE }, () => 200))
    expect((await visitor.get('/v1/cart')).json).toMatchObject({ version: AT_ONCE, items: [{ quantity: 2 * AT_ONCE }] })
    expect(await cartsOf(visitor)).toHaveLength(1)
  })

  it('stop at the limit of a line, whatever comes first', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    const add = () => visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 5 })
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, add))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
    for (const refused of answers.filter(({ status }) => status !== 200)) expectProblem(refused, 422, 'quantity-limit')
    expect((await visitor.get('/v1/cart')).json.items[0].quantity).toBe(95)
  })

  it('of different kinds on one cart neither lock each other out nor lose a version', async () => {
    const visitor = await createVisitor()
    const [kept, removed] = [await createSku(), await createSku()]
    const { code } = await createDiscountCode()
    await visitor.post('/v1/cart/items', { sku_id: removed.skuId, quantity: 1 })
    const changes = Array.from({ length: AT_ONCE }, (_, n) =>
      n % 4 === 0
        ? visitor.delete(`/v1/cart/items/${removed.skuId}`)
        : n % 4 === 1
          ? visitor.post('/v1/cart/items', { sku_id: kept.skuId, quantity: 1 })
          : n % 4 === 2
            ? visitor.delete(`/v1/cart/discount-codes/${code}`)
            : visitor.post('/v1/cart/discount-codes', { code }),
    )
    const statuses = new Set((await Promise.all(changes)).map(({ status }) => status))
    expect([...statuses].filter((status) => status >= 500)).toEqual([])
    expect((await visitor.get('/v1/cart')).json.items).toMatchObject([{ sku_id: kept.skuId, quantity: AT_ONCE / 4 }])
  })
})

describe('a lost answer', () => {
  afterEach(async () => void (await clearDatabaseFaults()))

  it.each(['before', 'after_commit'] as const)('%s the commit counts an addition once', async (when) => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    await failDatabase('add_cart_item', when)
    const { status, json, headers } = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 })
    expect([status, json.version, json.items[0].quantity]).toEqual([200, 1, 2])
    expect(headers.get('Idempotent-Replayed')).toBeNull()
  })

  it('does not turn a discount code that was stored into one that was there already', async () => {
    const visitor = await createVisitor()
    const { code } = await createDiscountCode()
    await failDatabase('insert into "cart_discount_codes"', 'after_commit')
    const { status, json } = await visitor.post('/v1/cart/discount-codes', { code })
    expect([status, json.discount_codes.length]).toEqual([200, 1])
  })

  it('that never comes is answered with 503, and leaves nothing half done', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    await failDatabase('add_cart_item', 'before', 50)
    const answer = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 })
    expectProblem(answer, 503, 'database-unavailable')
    expect(answer.headers.get('Retry-After')).toBe('1')
    await clearDatabaseFaults()
    expect(await cartsOf(visitor)).toEqual([])
  })
})

describe('an Idempotency-Key', () => {
  it('makes a repeated addition count once, and says that it was a repetition', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    const key = { 'Idempotency-Key': unique('key') }
    const add = () => visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 }, key)
    const first = await countRoundTrips(add)
    expect([first.roundTrips, first.result.headers.get('Idempotent-Replayed')]).toEqual([1, null])
    const again = await add()
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([200, 'true'])
    expect(again.json).toEqual(first.result.json)
  })

  it('counts once when 40 requests carry it at once', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    const key = { 'Idempotency-Key': unique('key') }
    const add = () => visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 }, key)
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, add))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers.filter(({ headers }) => headers.get('Idempotent-Replayed') === null)).toHaveLength(1)
    expect((await visitor.get('/v1/cart')).json).toMatchObject({ version: 1, items: [{ quantity: 2 }] })
  })

  it('is refused for a different request', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku()
    const key = { 'Idempotency-Key': unique('key') }
    await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 }, key)
    const other = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 3 }, key)
    expectProblem(other, 422, 'idempotency-key-reused')
    expect((await visitor.get('/v1/cart')).json.items[0].quantity).toBe(2)
  })

  it("is the visitor's own, and one for each operation", async () => {
    const [one, other] = [await createVisitor(), await createVisitor()]
    const { skuId } = await createSku()
    const { code } = await createDiscountCode()
    const key = { 'Idempotency-Key': unique('key') }
    for (const visitor of [one, other]) {
      const added = await visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 }, key)
      expect([added.status, added.headers.get('Idempotent-Replayed')]).toEqual([200, null])
      const coded = await visitor.post('/v1/cart/discount-codes', { code }, key)
      expect([coded.status, coded.headers.get('Idempotent-Replayed')]).toEqual([200, null])
    }
  })

  it('is free again after a request that was refused', async () => {
    const visitor = await createVisitor()
    const { skuId } = await createSku({ inventoryState: 'out_of_stock' })
    const key = { 'Idempotency-Key': unique('key') }
    const add = () => visitor.post('/v1/cart/items', { sku_id: skuId, quantity: 2 }, key)
    expectProblem(await add(), 409, 'sku-not-available')
    await db`UPDATE skus SET inventory_state = 'in_stock' WHERE id = ${skuId}`
    expect((await add()).status).toBe(200)
  })

  it.each([
    ['of 256 characters', 'k'.repeat(256)],
    ['with a space', 'a key'],
    ['with an accent', 'clé'],
  ])('is refused %s', async (_, key) => {
    const visitor = await createVisitor()
    const input = { sku_id: (await createSku()).skuId, quantity: 2 }
    const answer = await visitor.post('/v1/cart/items', input, { 'Idempotency-Key': key })
    expectProblem(answer, 422, 'validation-failed')
  })
})
