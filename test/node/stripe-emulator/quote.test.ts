import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate, type Discount, type Line, quote } from '../../../dev/stripe/payments/quote.ts'

const amount = fc.integer({ min: 0, max: 99_999_999 })
const line: fc.Arbitrary<Line> = fc.record({
  amount,
  taxBehavior: fc.constantFrom('exclusive', 'inclusive', 'unspecified'),
})
const lines = fc.array(line, { minLength: 1, maxLength: 20 })
const discount: fc.Arbitrary<Discount> = fc.oneof(
  fc.constant(null),
  fc.record({ amountOff: fc.integer({ min: 1, max: 99_999_999 }) }),
  fc.record({ percentOff: fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100) }),
)
const taxRate = fc.integer({ min: 0, max: 3000 })
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

describe('what a session costs', () => {
  test('adds up to the cent, line by line and as a whole', () => {
    fc.assert(
      fc.property(lines, discount, fc.option(line), taxRate, (given, off, shipping, rate) => {
        const quoted = quote(given, off, shipping, rate)
        expect(quoted.subtotal).toBe(sum(given.map((one) => one.amount)))
        expect(quoted.discount).toBe(sum(quoted.lines.map((one) => one.discount)))
        expect(quoted.tax).toBe(sum(quoted.lines.map((one) => one.tax)) + (quoted.shipping?.tax ?? 0))
        expect(quoted.total).toBe(sum(quoted.lines.map((one) => one.total)) + (quoted.shipping?.total ?? 0))
        for (const [index, one] of quoted.lines.entries()) {
          const added = given[index]?.taxBehavior === 'inclusive' ? 0 : one.tax
          expect(one.total).toBe(one.subtotal - one.discount + added)
          expect(one.discount).toBeLessThanOrEqual(one.subtotal)
          expect(one.tax).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  test('a fixed discount takes exactly its amount, or everything', () => {
    fc.assert(
      fc.property(lines, amount, (given, amountOff) => {
        const quoted = quote(given, { amountOff }, null, 0)
        expect(quoted.discount).toBe(Math.min(amountOff, quoted.subtotal))
      }),
    )
  })

  test('without tax nothing depends on how prices relate to it', () => {
    fc.assert(
      fc.property(lines, discount, (given, off) => {
        const exclusive = given.map((one): Line => ({ ...one, taxBehavior: 'exclusive' }))
        expect(quote(given, off, null, 0)).toEqual(quote(exclusive, off, null, 0))
      }),
    )
  })
})

test('an allocation loses nothing and strays less than one unit from its exact share', () => {
  fc.assert(
    fc.property(
      fc.array(amount, { minLength: 1, maxLength: 30 }),
      fc.nat({ max: 10_000 }),
      (weights, perTenThousand) => {
        const whole = sum(weights)
        const total = Math.floor((whole * perTenThousand) / 10_000)
        const shares = allocate(total, weights)
        expect(sum(shares)).toBe(total)
        for (const [index, share] of shares.entries()) {
          const exact = whole === 0 ? 0 : (total * (weights[index] ?? 0)) / whole
          expect(Math.abs(share - exact)).toBeLessThan(1.001)
        }
      },
    ),
  )
})
