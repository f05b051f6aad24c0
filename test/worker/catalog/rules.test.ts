import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { availableQuantity, isAvailable } from '../../../src/features/catalog/rules.ts'
import { absoluteUrl } from '../../../src/shared/absolute-url.ts'

const sku = fc.record({
  inventoryState: fc.constantFrom('in_stock' as const, 'back_ordered' as const, 'out_of_stock' as const),
  onHand: fc.option(fc.nat(200)),
  reserved: fc.nat(200),
  amount: fc.option(fc.nat(10_000)),
})

describe('availability', () => {
  test('is what is neither promised nor sold out nor without a price, and never tells of more than 99', () => {
    fc.assert(
      fc.property(sku, (given) => {
        const quantity = availableQuantity(given)
        const onSale = given.inventoryState !== 'out_of_stock' && given.amount !== null
        const left = given.onHand === null ? Infinity : given.onHand - given.reserved
        expect(isAvailable(given)).toBe(onSale && left > 0)
        const shown = onSale ? Math.max(0, Math.min(99, left)) : 0
        expect(quantity).toBe(onSale && given.onHand === null ? null : shown)
      }),
    )
  })
})

describe('the address of an image', () => {
  test('gets the host of the shop when it has none', () => {
    expect(absoluteUrl('/images/a.svg', 'https://api.test')).toBe('https://api.test/images/a.svg')
    expect(absoluteUrl('https://cdn.test/a.svg', 'https://api.test')).toBe('https://cdn.test/a.svg')
  })
})
