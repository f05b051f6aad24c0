import type { Emulator } from '../emulator.ts'
import type { SessionRecord, ShippingRate } from '../model/objects.ts'
import { type Line, type Quote, quote, type TaxBehavior } from './quote.ts'

/** What the session would cost with this shipping rate and tax rate; changes nothing. */
export function quoteSession(record: SessionRecord, shippingRate: ShippingRate | null, taxRate: number): Quote {
  const lines = record.lineItems.map(({ price, quantity }): Line => ({
    amount: (price.unit_amount ?? 0) * (quantity ?? 1),
    taxBehavior: taxBehaviorOf(price),
  }))
  const shipping = shippingRate && {
    amount: shippingRate.fixed_amount?.amount ?? 0,
    taxBehavior: taxBehaviorOf(shippingRate),
  }
  return quote(lines, record.discount?.terms ?? null, shipping, taxRate)
}

/** Writes a quote into the session and its line items. */
export function applyQuote(record: SessionRecord, quoted: Quote, shippingRate: ShippingRate | null): void {
  const session = record.object
  session.amount_subtotal = quoted.subtotal
  session.amount_total = quoted.total
  session.total_details = {
    amount_discount: quoted.discount,
    amount_shipping: quoted.shipping?.subtotal ?? 0,
    amount_tax: quoted.tax,
  }
  session.shipping_cost =
    shippingRate && quoted.shipping
      ? {
          amount_subtotal: quoted.shipping.subtotal,
          amount_tax: quoted.shipping.tax,
          amount_total: quoted.shipping.total,
          shipping_rate: shippingRate.id,
        }
      : null
  for (const [index, item] of record.lineItems.entries()) {
    const line = quoted.lines[index]
    if (!line) continue
    item.amount_subtotal = line.subtotal
    item.amount_discount = line.discount
    item.amount_tax = line.tax
    item.amount_total = line.total
  }
}

/** The rates on offer, the preselected one first. */
export function shippingRatesOf(emulator: Emulator, record: SessionRecord): ShippingRate[] {
  return record.object.shipping_options.flatMap((option) => {
    const rate = emulator.store.shippingRates.get(option.shipping_rate)
    return rate ? [rate] : []
  })
}

const taxBehaviorOf = (priced: { tax_behavior: string | null }): TaxBehavior =>
  priced.tax_behavior === 'inclusive' ? 'inclusive' : 'exclusive'
