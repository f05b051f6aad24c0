import { stepOf } from '../../shared/currency.ts'
import type { PriceMoment } from '../../shared/price-moment.ts'
import type { CartContents, CartDiscountCode, CartLine, ShippingMethod } from './contents.ts'
import {
  type AppliedDiscount,
  applyDiscounts,
  refusalOf,
  type RefusedDiscount,
  chooseCombination,
} from './discounts.ts'

/** The largest total, in minor units, that Stripe charges at once; a checkout refuses more with `total-too-large`. */
export const CART_TOTAL_MAX = 99_999_999

export type LineWarning = {
  code: 'not-available' | 'no-price' | 'back-ordered' | 'out-of-stock' | 'insufficient-stock'
  message: string
  /** How many units this cart could have; only for warnings about stock. */
  availableQuantity?: number
}

export type PricedLine = CartLine & {
  /** This line's share of all item discounts. */
  discountAmount: number
  /** `quantity * unitAmount - discountAmount`; 0 when the line has no price. */
  lineTotalAmount: number
  warnings: LineWarning[]
}

type CartTotals = {
  itemSubtotal: number
  itemDiscount: number
  shipping: number
  shippingDiscount: number
  /** Stripe works out the tax at the payment. */
  tax: 0
  total: number
}

export type PricedCart = {
  lines: PricedLine[]
  discounts: AppliedDiscount[]
  refusedDiscounts: RefusedDiscount[]
  shippingMethod: ShippingMethod | null
  totals: CartTotals
}

/** The part of a cart that its price depends on. */
type PricedContents = Pick<CartContents, 'lines' | 'discountCodes' | 'shippingMethod'>

/**
 * What a cart costs, in integer minor units: the one rule that the cart view, the checkout and the email share.
 *
 * A line that cannot be sold has `unitAmount` null and costs nothing. Percent codes apply before fixed ones, and within
 * a kind in alphabetical order. Each code applies to what the codes before it left, is rounded half up to an amount that
 * Stripe can charge, and is spread over the lines by the largest-remainder method. A discount never exceeds what it
 * applies to. A cart without lines has no shipping and costs nothing.
 */
export function priceCart(contents: PricedContents, at: PriceMoment): PricedCart {
  const lines = contents.lines.map((line) => (line.productId === null ? { ...line, unitAmount: null } : line))
  const grossAmounts = lines.map((line) => line.quantity * (line.unitAmount ?? 0))
  const itemSubtotal = sum(grossAmounts)
  const shipping = lines.length === 0 ? 0 : (contents.shippingMethod?.amount ?? 0)

  const step = stepOf(at.currency)
  const { eligible, refused } = splitByRefusal(contents.discountCodes, itemSubtotal, at)
  const { kept, notCombinable } = chooseCombination(eligible, grossAmounts, shipping, step)
  const { discounts, lineDiscounts, shippingDiscount } = applyDiscounts(kept, grossAmounts, shipping, step)
  const itemDiscount = sum(lineDiscounts)

  return {
    lines: lines.map((line, index) => priceLine(line, grossAmounts[index] ?? 0, lineDiscounts[index] ?? 0)),
    discounts,
    refusedDiscounts: [...refused, ...notCombinable],
    shippingMethod: contents.shippingMethod,
    totals: {
      itemSubtotal,
      itemDiscount,
      shipping,
      shippingDiscount,
      tax: 0,
      total: itemSubtotal - itemDiscount + shipping - shippingDiscount,
    },
  }
}

function priceLine(line: CartLine, grossAmount: number, discountAmount: number): PricedLine {
  return { ...line, discountAmount, lineTotalAmount: grossAmount - discountAmount, warnings: warningsOf(line) }
}

function splitByRefusal(codes: CartDiscountCode[], itemSubtotal: number, at: PriceMoment) {
  const eligible: CartDiscountCode[] = []
  const refused: RefusedDiscount[] = []
  for (const code of codes) {
    const refusal = refusalOf(code, { ...at, itemSubtotal })
    if (refusal === undefined) eligible.push(code)
    else refused.push(refusal)
  }
  return { eligible, refused }
}

/** How many units this cart may have: stock that no other checkout has reserved. Null when stock is not tracked. */
export function availableTo(line: Pick<CartLine, 'inventoryState' | 'onHand' | 'reserved' | 'ownReserved'>) {
  if (line.inventoryState === 'out_of_stock') return 0
  return line.onHand === null ? null : Math.max(0, line.onHand - line.reserved + line.ownReserved)
}

function warningsOf(line: CartLine): LineWarning[] {
  const available = availableTo(line)
  const warnings: LineWarning[] = []
  if (line.productId === null) warnings.push({ code: 'not-available', message: 'This product is no longer sold.' })
  else if (line.unitAmount === null)
    warnings.push({ code: 'no-price', message: 'This product has no price at the moment.' })
  if (available === 0) {
    warnings.push({ code: 'out-of-stock', message: 'This product is out of stock.', availableQuantity: 0 })
  } else if (available !== null && available < line.quantity) {
    warnings.push({
      code: 'insufficient-stock',
      message: `Only ${available} left in stock.`,
      availableQuantity: available,
    })
  }
  if (line.inventoryState === 'back_ordered')
    warnings.push({ code: 'back-ordered', message: 'This product is back-ordered and ships later.' })
  return warnings
}

/** Joins a SKU's description, colour and size; leaves out a colour or size that the description names. */
export function describeSku(sku: { description: string; color: string | null; size: string | null }): string {
  const description = sku.description.trim()
  const said = asWords(description)
  const unsaid = [sku.color, sku.size].filter((part) => part !== null && !said.includes(asWords(part)))
  return [description, ...unsaid].filter((part) => part !== '').join(', ')
}

const asWords = (text: string): string =>
  ` ${text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .join(' ')
    .trim()} `

const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0)
