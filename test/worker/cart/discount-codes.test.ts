import { describe, expect, it } from 'vitest'
import { type Client, createVisitor, expectProblem } from '../support/client.ts'
import { countRoundTrips, createDiscountCode, createSku, db, type DiscountOptions } from '../support/shop.ts'
import { cartsOf, usd } from './support.ts'

/** A visitor with products for `amount` in the cart. */
async function createShopper(amount = 10_000): Promise<Client> {
  const visitor = await createVisitor()
  await visitor.post('/v1/cart/items', { sku_id: (await createSku({ amount })).skuId, quantity: 1 })
  return visitor
}

const add = (visitor: Client, code: string) => visitor.post('/v1/cart/discount-codes', { code })

const PAST = '2020-01-01T00:00:00Z'
const FUTURE = '2090-01-01T00:00:00Z'

describe('adding a code', () => {
  it('takes it off the total, whatever its case and the blanks around it, in one round trip', async () => {
    const visitor = await createShopper()
    const { code } = await createDiscountCode({ percentOff: 15 })
    const { result, roundTrips } = await countRoundTrips(() => add(visitor, `  ${code.toLowerCase()} `))
    expect([result.status, roundTrips]).toEqual([200, 1])
    expect(result.json).toMatchObject({
      version: 2,
      items: [{ discount: usd(1_500), line_total: usd(8_500) }],
      totals: { item_subtotal: usd(10_000), item_discount: usd(1_500) },
    })
    expect(result.json.discount_codes).toEqual([
      { code, kind: 'percent', description: expect.any(String), applied: true, amount: usd(1_500) },
    ])
    const { totals } = result.json
    expect(totals.total.amount).toBe(8_500 + totals.shipping.amount)
  })

  it.each([
    ['discount-not-yet-valid', { validFrom: FUTURE }],
    ['discount-expired', { validUntil: PAST }],
    ['discount-minimum-not-reached', { minimumSubtotal: 10_001 }],
    ['discount-exhausted', { redemptionLimit: 2 }],
  ] as [string, DiscountOptions][])('is refused with %s, and nothing is stored', async (reason, options) => {
    const visitor = await createShopper()
    const { id, code } = await createDiscountCode(options)
    if (options.redemptionLimit)
      await db`UPDATE discount_codes SET reserved_count = 1, redeemed_count = 1 WHERE id = ${id}`
    expectProblem(await add(visitor, code), 422, reason)
    expect((await visitor.get('/v1/cart')).json).toMatchObject({ version: 1, discount_codes: [] })
  })

  it('is refused for a code in another currency, one that is not in use, and one that does not exist', async () => {
    const visitor = await createShopper()
    const foreign = await createDiscountCode({ kind: 'fixed', amountOff: 500 })
    await db`UPDATE discount_codes SET currency = 'eur' WHERE id = ${foreign.id}`
    expectProblem(await add(visitor, foreign.code), 422, 'discount-wrong-currency')
    const retired = await createDiscountCode()
    await db`UPDATE discount_codes SET active = false WHERE id = ${retired.id}`
    expectProblem(await add(visitor, retired.code), 404, 'discount-not-found')
    expectProblem(await add(visitor, 'NO-SUCH-CODE'), 404, 'discount-not-found')
  })

  it.each([
    { validFrom: PAST, validUntil: FUTURE },
    { minimumSubtotal: 10_000 },
    { redemptionLimit: 1 },
    { kind: 'fixed', amountOff: 500 },
  ] satisfies DiscountOptions[])('is accepted up to its limits: %o', async (options) => {
    const visitor = await createShopper()
    const { code } = await createDiscountCode(options)
    expect((await add(visitor, code)).json.discount_codes).toMatchObject([{ code, applied: true }])
  })

  it('is refused a second time', async () => {
    const visitor = await createShopper()
    const { code } = await createDiscountCode()
    await add(visitor, code)
    expectProblem(await add(visitor, code.toLowerCase()), 422, 'discount-already-applied')
  })

  it('is refused beside another one unless both may be combined', async () => {
    const visitor = await createShopper()
    const [one, two] = [await createDiscountCode({ combinable: true }), await createDiscountCode({ combinable: true })]
    const alone = await createDiscountCode()
    await add(visitor, one.code)
    expectProblem(await add(visitor, alone.code), 422, 'discount-not-combinable')
    expect((await add(visitor, two.code)).json.totals.item_discount).toEqual(usd(1_900))
    const other = await createShopper()
    await add(other, alone.code)
    expectProblem(await add(other, one.code), 422, 'discount-not-combinable')
  })

  it('opens a cart for a visitor who has none', async () => {
    const visitor = await createVisitor()
    const { code } = await createDiscountCode()
    expect((await add(visitor, code)).json).toMatchObject({ version: 1, items: [], totals: { total: usd(0) } })
    expect(await cartsOf(visitor)).toHaveLength(1)
  })

  it.each([
    ['empty', ''],
    ['blank', '   '],
    ['too long', 'X'.repeat(65)],
    ['with a NUL character', 'A\0B'],
    ['with half a surrogate pair', 'A\uDC00'],
    ['with a control character', 'A\u0007'],
    ['a number', 5],
    ['missing', undefined],
  ])('is refused when it is %s', async (_, code) => {
    const visitor = await createVisitor()
    expectProblem(await visitor.post('/v1/cart/discount-codes', { code }), 422, 'validation-failed')
  })
})

describe('a code on the cart', () => {
  it('is not exhausted by the open checkout of the same cart', async () => {
    const visitor = await createShopper()
    const { code } = await createDiscountCode({ redemptionLimit: 1 })
    await add(visitor, code)
    const checkout = await visitor.post('/v1/checkout', { agreed_with_terms_of_sale: true })
    expect(checkout.status, checkout.text).toBe(201)
    expect((await visitor.get('/v1/cart')).json.discount_codes).toMatchObject([{ code, applied: true }])
    expectProblem(await add(await createShopper(), code), 422, 'discount-exhausted')
    await visitor.delete(`/v1/cart/discount-codes/${code}`)
    expect((await add(visitor, code)).status).toBe(200)
  })

  it('stays when it no longer applies, and says why', async () => {
    const visitor = await createShopper()
    const { id, code } = await createDiscountCode({ redemptionLimit: 1 })
    await add(visitor, code)
    await db`UPDATE discount_codes SET redeemed_count = 1 WHERE id = ${id}`
    const { json } = await visitor.get('/v1/cart')
    expect(json.discount_codes).toEqual([
      {
        code,
        kind: 'percent',
        description: expect.any(String),
        applied: false,
        amount: usd(0),
        reason: 'discount-exhausted',
        message: expect.any(String),
      },
    ])
    expect(json.totals.item_discount).toEqual(usd(0))
  })

  it('can be taken off, in any case, and again when it is off', async () => {
    const visitor = await createShopper()
    const { code } = await createDiscountCode()
    await add(visitor, code)
    const off = await countRoundTrips(() => visitor.delete(`/v1/cart/discount-codes/${code.toLowerCase()}`))
    expect(off.result.json).toMatchObject({ version: 3, discount_codes: [] })
    expect(off.roundTrips).toBe(1)
    const again = await visitor.delete(`/v1/cart/discount-codes/${code}`)
    expect([again.status, again.json.version]).toEqual([200, 3])
    expect((await visitor.delete('/v1/cart/discount-codes/NO-SUCH-CODE')).status).toBe(200)
    expectProblem(await visitor.delete('/v1/cart/discount-codes/%00'), 422, 'validation-failed')
  })

  it('goes when the cart is emptied', async () => {
    const visitor = await createShopper()
    await add(visitor, (await createDiscountCode()).code)
    expect((await visitor.delete('/v1/cart')).json.discount_codes).toEqual([])
  })
})
