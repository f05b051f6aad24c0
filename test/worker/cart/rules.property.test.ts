import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CartContents } from '../../../src/features/cart/contents.ts'
import { spread } from '../../../src/features/cart/discounts.ts'
import { type PricedCart, priceCart } from '../../../src/features/cart/rules.ts'
import { AT, contents, discountCode, line, shippingMethod } from './contents.ts'

const INT_MAX = 2_147_483_647
const price = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: INT_MAX }))

const anyLine = fc
  .record({
    unitAmount: fc.option(price, { freq: 8 }),
    quantity: fc.integer({ min: 1, max: 99 }),
    productId: fc.option(fc.uuid(), { freq: 8 }),
  })
  .map(line)

const value = fc.oneof(
  fc.record({ kind: fc.constant('percent' as const), percentOff: fc.integer({ min: 1, max: 100 }) }),
  fc.record({
    kind: fc.constantFrom('fixed' as const, 'reduced_shipping' as const),
    amountOff: price,
    percentOff: fc.constant(null),
  }),
  fc.record({ kind: fc.constant('free_shipping' as const), percentOff: fc.constant(null) }),
)

const codes = (conditions: { minimumSubtotalAmount: fc.Arbitrary<number> }) =>
  fc
    .array(fc.tuple(value, fc.record({ combinable: fc.boolean(), active: fc.boolean(), ...conditions })), {
      maxLength: 6,
    })
    .map((all) => all.map(([what, when], index) => discountCode({ ...what, ...when, code: `CODE${index}` })))

const cartOf = (discountCodes: ReturnType<typeof codes>): fc.Arbitrary<CartContents> =>
  fc
    .record({
      lines: fc.array(anyLine, { maxLength: 50 }),
      discountCodes,
      shippingMethod: fc.option(price.map((amount) => shippingMethod({ amount }))),
    })
    .map(contents)

const anyCart = cartOf(codes({ minimumSubtotalAmount: fc.oneof(fc.constant(0), price) }))
const cartWithoutMinimums = cartOf(codes({ minimumSubtotalAmount: fc.constant(0) }))

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** What fast-check has against a property: its report, which names the seed. Null when it found nothing. */
function objection<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => boolean): string | null {
  const seed = crypto.getRandomValues(new Int32Array(1))[0]!
  console.log(`fast-check seed ${seed}`)
  return fc.defaultReportMessage(fc.check(fc.property(arbitrary, check), { seed, numRuns: 500 })) ?? null
}

const amountsOf = ({ lines, discounts, totals }: PricedCart): number[] => [
  ...lines.flatMap((each) => [each.discountAmount, each.lineTotalAmount]),
  ...discounts.map((each) => each.amount),
  ...Object.values(totals),
]

describe('whatever is in the cart', () => {
  it('every amount is a whole number and none is negative', () => {
    expect(
      objection(anyCart, (cart) =>
        amountsOf(priceCart(cart, AT)).every((each) => Number.isSafeInteger(each) && each >= 0),
      ),
    ).toBeNull()
  })

  it.each([
    ['kwd', 10],
    ['isk', 100],
  ])('every amount in %s is a multiple of %d, as its prices are', (currency, step) => {
    const inSteps = (cart: CartContents): CartContents => ({
      ...cart,
      lines: cart.lines.map((each) => ({ ...each, unitAmount: each.unitAmount && each.unitAmount * step })),
      discountCodes: cart.discountCodes.map((code) => ({
        ...code,
        amountOff: code.amountOff && code.amountOff * step,
      })),
      shippingMethod: cart.shippingMethod && { ...cart.shippingMethod, amount: cart.shippingMethod.amount * step },
    })
    expect(
      objection(anyCart, (cart) =>
        amountsOf(priceCart(inSteps(cart), { ...AT, currency })).every((each) => each % step === 0),
      ),
    ).toBeNull()
  })

  it('the total adds up, over the lines too', () => {
    expect(
      objection(anyCart, (cart) => {
        const { lines, totals } = priceCart(cart, AT)
        const gross = sum(lines.map((each) => each.quantity * (each.unitAmount ?? 0)))
        return (
          gross === totals.itemSubtotal &&
          sum(lines.map((each) => each.discountAmount)) === totals.itemDiscount &&
          sum(lines.map((each) => each.lineTotalAmount)) === totals.itemSubtotal - totals.itemDiscount &&
          totals.total === totals.itemSubtotal - totals.itemDiscount + totals.shipping - totals.shippingDiscount
        )
      }),
    ).toBeNull()
  })

  it('no discount exceeds what it is taken from, on any line', () => {
    expect(
      objection(anyCart, (cart) => {
        const { lines, totals } = priceCart(cart, AT)
        return (
          totals.itemDiscount <= totals.itemSubtotal &&
          totals.shippingDiscount <= totals.shipping &&
          lines.every((each) => each.discountAmount <= each.quantity * (each.unitAmount ?? 0))
        )
      }),
    ).toBeNull()
  })

  it('the applied codes account for every cent of the discounts', () => {
    expect(
      objection(anyCart, (cart) => {
        const { discounts, totals } = priceCart(cart, AT)
        return sum(discounts.map((each) => each.amount)) === totals.itemDiscount + totals.shippingDiscount
      }),
    ).toBeNull()
  })

  it('each code is either applied or refused, and one that stands alone stands alone', () => {
    expect(
      objection(anyCart, (cart) => {
        const { discounts, refusedDiscounts } = priceCart(cart, AT)
        const seen = [...discounts, ...refusedDiscounts].map((each) => each.code).toSorted()
        const applied = cart.discountCodes.filter((code) => discounts.some((each) => each.discountCodeId === code.id))
        return (
          seen.join() ===
            cart.discountCodes
              .map((code) => code.code)
              .toSorted()
              .join() &&
          (applied.length <= 1 || applied.every((code) => code.combinable))
        )
      }),
    ).toBeNull()
  })

  it('the order in which codes were added changes nothing', () => {
    const reordered = anyCart.chain((cart) =>
      fc.tuple(fc.constant(cart), fc.shuffledSubarray(cart.discountCodes, { minLength: cart.discountCodes.length })),
    )
    expect(
      objection(reordered, ([cart, discountCodes]) => {
        const [one, other] = [priceCart(cart, AT), priceCart({ ...cart, discountCodes }, AT)]
        return (
          JSON.stringify([one.totals, one.lines, one.discounts]) ===
          JSON.stringify([other.totals, other.lines, other.discounts])
        )
      }),
    ).toBeNull()
  })

  it('another unit never makes it cheaper, minimum amounts aside', () => {
    const grown = fc.tuple(cartWithoutMinimums, fc.nat({ max: 49 }))
    expect(
      objection(grown, ([cart, at]) => {
        const lines = cart.lines.map((each, index) =>
          index === at % cart.lines.length ? line({ ...each, quantity: each.quantity + 1 }) : each,
        )
        return priceCart({ ...cart, lines }, AT).totals.total >= priceCart(cart, AT).totals.total
      }),
    ).toBeNull()
  })

  it('another code that may be combined never makes it dearer', () => {
    const added = fc.tuple(anyCart, value)
    expect(
      objection(added, ([cart, what]) => {
        const more = discountCode({ ...what, code: 'MORE' })
        const withMore = priceCart({ ...cart, discountCodes: [...cart.discountCodes, more] }, AT)
        return withMore.totals.total <= priceCart(cart, AT).totals.total
      }),
    ).toBeNull()
  })
})

describe('spreading an amount', () => {
  it('loses nothing and strays from the exact share by less than one', () => {
    const given = fc.array(fc.nat({ max: INT_MAX * 99 }), { minLength: 1, maxLength: 50 }).chain((weights) =>
      fc.tuple(
        fc.maxSafeNat().map((nat) => nat % (sum(weights) + 1)),
        fc.constant(weights),
      ),
    )
    expect(
      objection(given, ([amount, weights]) => {
        const shares = spread(amount, weights)
        const total = BigInt(sum(weights))
        return (
          sum(shares) === amount &&
          shares.every((share, index) => {
            const error = BigInt(share) * total - BigInt(amount) * BigInt(weights[index]!)
            return share <= weights[index]! && (total === 0n || (error < total && -error < total))
          })
        )
      }),
    ).toBeNull()
  })
})
