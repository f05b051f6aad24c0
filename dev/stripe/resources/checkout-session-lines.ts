import { invalidParameter, noSuchReference, refused } from '../api/errors.ts'
import type { Emulator } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { LineItem, Price } from '../model/objects.ts'
import type { LineItemParams } from './checkout-session-params.ts'
import { newMetadata } from './metadata.ts'
import { createPrice } from './prices.ts'
import { createProduct } from './products.ts'

/** Refuses incomplete or contradictory lines; nothing is created yet. */
export function checkLines(lines: LineItemParams[]): void {
  for (const [index, line] of lines.entries()) {
    const name = `line_items[${index}]`
    if ((line.price === undefined) === (line.price_data === undefined)) {
      throw invalidParameter('You must specify exactly one of `price` or `price_data` for each line item.', name)
    }
    if (line.quantity === undefined) {
      throw invalidParameter(`Quantity is required. Add \`quantity\` to \`${name}\``, `${name}[quantity]`)
    }
    if (line.price_data) checkPriceData(line.price_data, `${name}[price_data]`)
  }
}

function checkPriceData(data: NonNullable<LineItemParams['price_data']>, name: string): void {
  if ((data.product === undefined) === (data.product_data === undefined)) {
    throw invalidParameter('You must specify exactly one of `product` or `product_data` when creating a price.', name)
  }
  if (data.unit_amount === undefined) {
    throw invalidParameter(`Missing required param: ${name}[unit_amount].`, `${name}[unit_amount]`, 'parameter_missing')
  }
}

/** The currency that all lines share; throws 400 when they do not, or name a price that is not there. */
export function currencyOfLines(emulator: Emulator, lines: LineItemParams[]): string {
  const currencies = lines.map(
    (line, index) => line.price_data?.currency ?? existingPrice(emulator, line, index).currency,
  )
  const [currency = 'usd'] = currencies
  if (currencies.some((other) => other !== currency)) {
    throw refused(
      `All prices on a Checkout Session must use the same currency: ${[...new Set(currencies)].join(', ')}.`,
      {
        param: 'line_items',
      },
    )
  }
  for (const [index, line] of lines.entries()) {
    const product = line.price_data?.product
    if (product !== undefined && !emulator.store.products.has(product)) {
      throw noSuchReference('product', product, `line_items[${index}][price_data][product]`)
    }
  }
  return currency
}

function existingPrice(emulator: Emulator, line: LineItemParams, index: number): Price {
  const param = `line_items[${index}][price]`
  const price = emulator.store.prices.get(line.price ?? '')
  if (!price) throw noSuchReference('price', line.price ?? '', param)
  if (!price.active) throw refused(`The price specified is inactive. This field only accepts active prices.`, { param })
  return price
}

/** Creates the lines, and the products and prices that they describe inline. */
export function createLines(emulator: Emulator, lines: LineItemParams[]): LineItem[] {
  return lines.map((line, index) => {
    const price = line.price_data ? inlinePrice(emulator, line.price_data) : existingPrice(emulator, line, index)
    return {
      id: newId('li'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: 0,
      amount_tax: 0,
      amount_total: 0,
      currency: price.currency,
      description: emulator.store.products.get(price.product)?.name ?? null,
      metadata: newMetadata(line.metadata),
      price,
      quantity: line.quantity ?? 1,
    }
  })
}

/** Inline prices can be retrieved but not used again or listed, as with Stripe. */
function inlinePrice(emulator: Emulator, data: NonNullable<LineItemParams['price_data']>): Price {
  const { inline } = emulator.store
  const product = data.product ?? createProduct(emulator, data.product_data ?? { name: '' }, { active: false }).id
  const price = createPrice(emulator, {
    currency: data.currency,
    product,
    unitAmount: data.unit_amount ?? 0,
    active: false,
    taxBehavior: data.tax_behavior,
  })
  inline.add(price.id)
  if (data.product === undefined) inline.add(product)
  return price
}
