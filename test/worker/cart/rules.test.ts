import { describe, expect, it } from 'vitest'
import { describeSku, priceCart } from '../../../src/features/cart/rules.ts'
import { AT, contents, discountCode, line, shippingMethod } from './contents.ts'

const fixed = (amountOff: number, code = 'FIXED') =>
  discountCode({ code, kind: 'fixed', percentOff: null, amountOff, currency: 'usd' })

describe('totals', () => {
  it('add up lines and shipping', () => {
    const lines = [line({ quantity: 2, unitAmount: 1_999 }), line({ unitAmount: 500 })]
    expect(priceCart(contents({ lines, shippingMethod: shippingMethod() }), AT).totals).toEqual({
      itemSubtotal: 4_498,
      itemDiscount: 0,
      shipping: 500,
      shippingDiscount: 0,
      tax: 0,
      total: 4_998,
    })
  })

  it('are zero for a cart without lines, whatever its shipping method costs', () => {
    expect(priceCart(contents({ shippingMethod: shippingMethod() }), AT).totals.total).toBe(0)
  })

  it('leave out a line without a price, and one that no active product sells', () => {
    const lines = [line({ unitAmount: null }), line({ productId: null, unitAmount: 900 }), line({ unitAmount: 100 })]
    const priced = priceCart(contents({ lines }), AT)
    expect(priced.totals.total).toBe(100)
    expect(priced.lines.map(({ unitAmount, lineTotalAmount }) => [unitAmount, lineTotalAmount])).toEqual([
      [null, 0],
      [null, 0],
      [100, 100],
    ])
    expect(priced.lines.map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([
      ['no-price'],
      ['not-available'],
      [],
    ])
  })
})

describe('discounts', () => {
  it('round a percentage of half a cent up', () => {
    const cart = contents({ lines: [line({ unitAmount: 5 })], discountCodes: [discountCode({ percentOff: 10 })] })
    expect(priceCart(cart, AT).totals).toMatchObject({ itemDiscount: 1, total: 4 })
  })

  it('give the cent that does not divide to the line with the largest remainder, the first of equal ones', () => {
    const three = [line({ unitAmount: 100 }), line({ unitAmount: 100 }), line({ unitAmount: 100 })]
    const equal = priceCart(contents({ lines: three, discountCodes: [fixed(100)] }), AT)
    expect(equal.lines.map((each) => each.discountAmount)).toEqual([34, 33, 33])
    const lines = [line({ unitAmount: 100 }), line({ unitAmount: 190 })]
    const unequal = priceCart(contents({ lines, discountCodes: [fixed(10)] }), AT)
    expect(unequal.lines.map((each) => each.discountAmount)).toEqual([3, 7])
  })

  it('take percentages before fixed amounts, each from what is left', () => {
    const lines = [line({ unitAmount: 10_000 })]
    const codes = [fixed(1_000, 'AAA'), discountCode({ code: 'B20', percentOff: 20 }), discountCode({ code: 'A10' })]
    const priced = priceCart(contents({ lines, discountCodes: codes }), AT)
    expect(priced.discounts.map(({ code, amount }) => [code, amount])).toEqual([
      ['A10', 1_000],
      ['B20', 1_800],
      ['AAA', 1_000],
    ])
    expect(priced.totals).toMatchObject({ itemSubtotal: 10_000, itemDiscount: 3_800, total: 6_200 })
  })

  it('take no more than there is from items and from shipping', () => {
    const codes = [
      fixed(5_000),
      discountCode({ code: 'SHIP', kind: 'reduced_shipping', percentOff: null, amountOff: 9_000, currency: 'usd' }),
      discountCode({ code: 'FREE', kind: 'free_shipping', percentOff: null }),
    ]
    const cart = contents({ lines: [line()], discountCodes: codes, shippingMethod: shippingMethod() })
    expect(priceCart(cart, AT).totals).toMatchObject({ itemDiscount: 1_000, shippingDiscount: 500, total: 0 })
  })

  it('keep the choice that saves most when a code may not be combined, and say why the others do not count', () => {
    const alone = discountCode({ code: 'ALONE', percentOff: 30, combinable: false })
    const codes = [discountCode({ code: 'TEN' }), alone, fixed(50)]
    const priced = priceCart(contents({ lines: [line()], discountCodes: codes }), AT)
    expect(priced.discounts.map(({ code }) => code)).toEqual(['ALONE'])
    expect(priced.refusedDiscounts.map(({ code, reason }) => [code, reason])).toEqual([
      ['TEN', 'discount-not-combinable'],
      ['FIXED', 'discount-not-combinable'],
    ])
    expect(priced.refusedDiscounts[0]?.message).toContain('ALONE')
  })

  it('keep a combination, then the first in the alphabet, when choices save the same', () => {
    const [a, b] = ['B', 'A'].map((code) => discountCode({ code, combinable: false }))
    const two = priceCart(contents({ lines: [line()], discountCodes: [a!, b!] }), AT)
    expect(two.discounts.map(({ code }) => code)).toEqual(['A'])
    const three = priceCart(contents({ lines: [line()], discountCodes: [a!, b!, discountCode({ code: 'Z' })] }), AT)
    expect(three.discounts.map(({ code }) => code)).toEqual(['Z'])
  })

  it.each([
    ['discount-not-found', { active: false }],
    ['discount-wrong-currency', { currency: 'eur' }],
    ['discount-not-yet-valid', { validFrom: new Date('2026-06-01T12:00:00.001Z') }],
    ['discount-expired', { validUntil: new Date('2026-06-01T12:00:00Z') }],
    ['discount-exhausted', { redemptionLimit: 3, reservedCount: 1, redeemedCount: 2 }],
    ['discount-minimum-not-reached', { minimumSubtotalAmount: 1_001 }],
  ])('are refused with %s', (reason, given) => {
    const priced = priceCart(contents({ lines: [line()], discountCodes: [discountCode(given)] }), AT)
    expect(priced.refusedDiscounts).toEqual([{ code: 'TEN', reason, message: expect.any(String) }])
    expect(priced.totals.itemDiscount).toBe(0)
  })

  it.each([
    { validFrom: AT.now },
    { validUntil: new Date(AT.now.getTime() + 1) },
    { redemptionLimit: 3, reservedCount: 1, redeemedCount: 2, ownReservedCount: 1 },
    { minimumSubtotalAmount: 1_000 },
    { currency: 'usd' },
  ])('count up to their limits: %o', (given) => {
    const cart = contents({ lines: [line()], discountCodes: [discountCode(given)] })
    expect(priceCart(cart, AT).totals.itemDiscount).toBe(100)
  })
})

describe('warnings', () => {
  it.each([
    ['stock that is not tracked', { onHand: null, quantity: 99 }, []],
    ['enough stock', { onHand: 5, reserved: 3, quantity: 2 }, []],
    ['stock that others were promised', { onHand: 5, reserved: 3, quantity: 3 }, [['insufficient-stock', 2]]],
    ['stock held by the own checkout', { onHand: 5, reserved: 5, ownReserved: 5, quantity: 5 }, []],
    ['no stock left', { onHand: 3, reserved: 3 }, [['out-of-stock', 0]]],
    ['a SKU that is out of stock', { inventoryState: 'out_of_stock' as const, onHand: 3 }, [['out-of-stock', 0]]],
    ['a back-ordered SKU', { inventoryState: 'back_ordered' as const }, [['back-ordered', undefined]]],
  ])('tell of %s', (_, given, expected) => {
    const [priced] = priceCart(contents({ lines: [line(given)] }), AT).lines
    const found = priced?.warnings.map((each) => [each.code, each.availableQuantity])
    expect(found).toEqual(expected)
  })
})

describe('the description of a SKU', () => {
  it.each([
    ['Organic cotton', 'Navy', 'M', 'Organic cotton, Navy, M'],
    ['', 'Navy', null, 'Navy'],
    ['Navy blue shirt, size M', 'navy', 'M', 'Navy blue shirt, size M'],
    ['Mug', 'Red', 'M', 'Mug, Red, M'],
    ['', null, null, ''],
  ])('%j in %j, size %j reads %j', (description, color, size, expected) => {
    expect(describeSku({ description, color, size })).toBe(expected)
  })
})
