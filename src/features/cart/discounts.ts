import type { DiscountRefusal } from '../../shared/problems.ts'
import { formatMoney } from '../../shared/money.ts'
import type { CartDiscountCode, DiscountKind } from './contents.ts'

export type AppliedDiscount = {
  discountCodeId: string
  code: string
  kind: DiscountKind
  description: string
  /** Minor units taken off the items or the shipping, as `kind` says; 0 when earlier codes have left nothing. */
  amount: number
}

export type RefusedDiscount = { code: string; reason: DiscountRefusal; message: string }

type Circumstances = {
  now: Date
  currency: string
  itemSubtotal: number
}

/** The first reason why a code does not apply, apart from other codes on the cart; undefined when it does. */
export function refusalOf(code: CartDiscountCode, at: Circumstances): RefusedDiscount | undefined {
  const refuse = (reason: DiscountRefusal, message: string): RefusedDiscount => ({ code: code.code, reason, message })
  if (!code.active) return refuse('discount-not-found', 'This code is not active.')
  if (code.currency !== null && code.currency !== at.currency)
    return refuse('discount-wrong-currency', `This code is for prices in ${code.currency.toUpperCase()}.`)
  if (code.validFrom !== null && at.now < code.validFrom)
    return refuse('discount-not-yet-valid', `This code is valid from ${code.validFrom.toISOString()}.`)
  if (code.validUntil !== null && at.now >= code.validUntil)
    return refuse('discount-expired', `This code was valid until ${code.validUntil.toISOString()}.`)
  const taken = code.reservedCount - code.ownReservedCount + code.redeemedCount
  if (code.redemptionLimit !== null && taken >= code.redemptionLimit)
    return refuse('discount-exhausted', 'This code has reached its limit of redemptions.')
  if (code.perCustomerLimit !== null && code.usedByCustomer >= code.perCustomerLimit)
    return refuse('discount-used-up', 'You have reached the limit of uses of this code.')
  if (at.itemSubtotal < code.minimumSubtotalAmount) {
    const minimum = formatMoney(code.minimumSubtotalAmount, at.currency, 'en')
    return refuse('discount-minimum-not-reached', `This code needs products for at least ${minimum}.`)
  }
  return undefined
}

/**
 * Chooses which codes apply: either all that can be combined, or one that cannot, whichever saves most. Between equal
 * savings the combination wins, then the code that comes first in the alphabet.
 */
export function chooseCombination(
  eligible: CartDiscountCode[],
  grossAmounts: number[],
  shipping: number,
  step: number,
): { kept: CartDiscountCode[]; notCombinable: RefusedDiscount[] } {
  const alone = eligible.filter((code) => !code.combinable).toSorted(byCode)
  if (eligible.length <= 1 || alone.length === 0) return { kept: eligible, notCombinable: [] }
  const choices = [eligible.filter((code) => code.combinable), ...alone.map((code) => [code])]
  let kept: CartDiscountCode[] = []
  let mostSaved = -1
  for (const choice of choices.filter((codes) => codes.length > 0)) {
    const saved = applyDiscounts(choice, grossAmounts, shipping, step).discounts.reduce(
      (sum, each) => sum + each.amount,
      0,
    )
    if (saved > mostSaved) [kept, mostSaved] = [choice, saved]
  }
  const names = kept.map((code) => code.code).join(', ')
  const notCombinable = eligible
    .filter((code) => !kept.includes(code))
    .map((code): RefusedDiscount => {
      const message = `This code cannot be combined with ${names}, which saves at least as much.`
      return { code: code.code, reason: 'discount-not-combinable', message }
    })
  return { kept, notCombinable }
}

const KIND_ORDER: Record<DiscountKind, number> = { percent: 0, fixed: 1, reduced_shipping: 2, free_shipping: 3 }

type Discounts = { discounts: AppliedDiscount[]; lineDiscounts: number[]; shippingDiscount: number }

/**
 * Applies codes to the lines and the shipping price; the result does not depend on the order of `codes`. All amounts are
 * in minor units. `lineDiscounts` has one entry for each entry of `grossAmounts`. If all amounts are multiples of
 * `step`, so are the discounts and each line's share.
 */
export function applyDiscounts(
  codes: CartDiscountCode[],
  grossAmounts: number[],
  shipping: number,
  step: number,
): Discounts {
  if (step > 1) return inSteps(codes, grossAmounts, shipping, step)
  const left = [...grossAmounts]
  let shippingLeft = shipping
  const ordered = codes.toSorted((a, b) => KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || byCode(a, b))
  const discounts = ordered.map((code) => {
    const itemsLeft = left.reduce((sum, amount) => sum + amount, 0)
    const amount = amountOf(code, itemsLeft, shippingLeft)
    if (code.kind === 'percent' || code.kind === 'fixed') {
      for (const [index, share] of spread(amount, left).entries()) left[index] = (left[index] ?? 0) - share
    } else shippingLeft -= amount
    return { discountCodeId: code.id, code: code.code, kind: code.kind, description: code.description, amount }
  })
  const lineDiscounts = grossAmounts.map((gross, index) => gross - (left[index] ?? 0))
  return { discounts, lineDiscounts, shippingDiscount: shipping - shippingLeft }
}

/** As `applyDiscounts`, with all amounts divided by `step`. */
function inSteps(codes: CartDiscountCode[], grossAmounts: number[], shipping: number, step: number): Discounts {
  const counted = (amount: number) => Math.floor(amount / step)
  const { discounts, lineDiscounts, shippingDiscount } = applyDiscounts(
    codes.map((code) => ({ ...code, amountOff: code.amountOff && counted(code.amountOff) })),
    grossAmounts.map(counted),
    counted(shipping),
    1,
  )
  return {
    discounts: discounts.map((discount) => ({ ...discount, amount: discount.amount * step })),
    lineDiscounts: lineDiscounts.map((amount) => amount * step),
    shippingDiscount: shippingDiscount * step,
  }
}

function amountOf(code: CartDiscountCode, itemsLeft: number, shippingLeft: number): number {
  if (code.kind === 'percent') return percentOf(itemsLeft, code.percentOff ?? 0)
  if (code.kind === 'free_shipping') return shippingLeft
  return Math.min(code.amountOff ?? 0, code.kind === 'fixed' ? itemsLeft : shippingLeft)
}

/** A whole percentage of an amount, rounded half up, in integer arithmetic. */
const percentOf = (amount: number, percent: number): number => {
  const hundredths = amount * percent + 50
  return (hundredths - (hundredths % 100)) / 100
}

/**
 * Divides `amount` in proportion to `weights` by the largest-remainder method: whole units first, then one more for
 * the largest fractions, earlier ones first between equals. The shares add up to `amount`, which must not exceed the
 * sum of the weights; no share then exceeds its weight.
 */
export function spread(amount: number, weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (total === 0n) return weights.map(() => 0)
  // The products pass 2^53 for large carts, hence BigInt.
  const parts = weights.map((weight, index) => {
    const product = BigInt(amount) * BigInt(weight)
    return { index, whole: Number(product / total), remainder: product % total }
  })
  const missing = amount - parts.reduce((sum, part) => sum + part.whole, 0)
  const shares = parts.map((part) => part.whole)
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )
  for (const { index } of byRemainder.slice(0, missing)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}

/** Orders codes the same way in every locale; two codes of one cart always differ, ignoring case. */
function byCode(a: CartDiscountCode, b: CartDiscountCode): number {
  const [left, right] = [a.code.toUpperCase(), b.code.toUpperCase()]
  return left < right ? -1 : left > right ? 1 : 0
}
