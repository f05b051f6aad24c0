/** How a price relates to its tax; `unspecified` is taxed on top, Stripe's default for most currencies. */
export type TaxBehavior = 'exclusive' | 'inclusive' | 'unspecified'

export type Line = { amount: number; taxBehavior: TaxBehavior }

export type Discount = { amountOff: number } | { percentOff: number } | null

type QuotedLine = { subtotal: number; discount: number; tax: number; total: number }

export type Quote = {
  lines: QuotedLine[]
  shipping: QuotedLine | null
  subtotal: number
  discount: number
  tax: number
  total: number
}

/**
 * What a session costs, in minor units. The discount applies to the lines, never to shipping, and never takes more
 * than they cost. `taxRate` is in hundredths of a percent.
 */
export function quote(lines: Line[], discount: Discount, shipping: Line | null, taxRate: number): Quote {
  const subtotal = sum(lines.map((line) => line.amount))
  const shares = allocate(
    discountOn(subtotal, discount),
    lines.map((line) => line.amount),
  )
  const quoted = lines.map((line, index) => quoteLine(line, shares[index] ?? 0, taxRate))
  const quotedShipping = shipping && quoteLine(shipping, 0, taxRate)
  return {
    lines: quoted,
    shipping: quotedShipping,
    subtotal,
    discount: sum(shares),
    tax: sum(quoted.map((line) => line.tax)) + (quotedShipping?.tax ?? 0),
    total: sum(quoted.map((line) => line.total)) + (quotedShipping?.total ?? 0),
  }
}

function quoteLine({ amount, taxBehavior }: Line, discount: number, taxRate: number): QuotedLine {
  const taxable = amount - discount
  if (taxBehavior === 'inclusive') {
    const net = Math.round((taxable * 10_000) / (10_000 + taxRate))
    return { subtotal: amount, discount, tax: taxable - net, total: taxable }
  }
  const tax = Math.round((taxable * taxRate) / 10_000)
  return { subtotal: amount, discount, tax, total: taxable + tax }
}

function discountOn(subtotal: number, discount: Discount): number {
  if (!discount) return 0
  const wanted =
    'amountOff' in discount
      ? discount.amountOff
      : Math.round((subtotal * Math.round(discount.percentOff * 100)) / 10_000)
  return Math.min(wanted, subtotal)
}

/** Splits `total` in proportion to `weights`, to the last unit; needs `total <= sum(weights)`. */
export function allocate(total: number, weights: number[]): number[] {
  const whole = sum(weights)
  if (whole === 0) return weights.map(() => 0)
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight))
  const shares = exact.map((share) => Number(share / BigInt(whole)))
  // The units lost to rounding go to the largest remainders, earlier lines first.
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share % BigInt(whole) }))
    .toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1))
  const missing = total - sum(shares)
  for (const { index } of byRemainder.slice(0, missing)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
