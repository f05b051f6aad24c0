import { html } from 'hono/html'
import type { Emulator } from '../emulator.ts'
import type { LineItem, SessionRecord, ShippingRate } from '../model/objects.ts'
import { formatMoney } from '../payments/money.ts'
import type { Quote } from '../payments/quote.ts'
import { quoteSession, shippingRatesOf } from '../payments/session-totals.ts'
import { taxRateOf } from '../payments/tax.ts'
import type { Html } from './layout.ts'

/** What is due with one of the shipping options. */
export type Option = { rate: ShippingRate | null; quote: Quote }

/** Every total that the page can come to; without scripts, style rules show the one that is chosen. */
export function optionsFor(emulator: Emulator, record: SessionRecord, destination: string): Option[] {
  const taxRate = record.object.automatic_tax.enabled ? taxRateOf(destination) : 0
  const rates = shippingRatesOf(emulator, record)
  const choices = rates.length === 0 ? [null] : rates
  return choices.map((rate) => ({ rate, quote: quoteSession(record, rate, taxRate) }))
}

/** Hides all but the totals of the checked shipping option. */
export const optionStyles = (options: Option[]): string =>
  options.length < 2
    ? ''
    : `.of-option { display: none }${options
        .map((_, index) => `.checkout:has(#rate-${index}:checked) .option-${index} { display: revert }`)
        .join('')}`

export function summary(emulator: Emulator, record: SessionRecord, options: Option[]): Html {
  const session = record.object
  const currency = session.currency ?? 'usd'
  const money = (amount: number) => formatMoney(amount, currency)
  return html`<section class="summary" aria-label="Order summary">
    ${session.cancel_url ? html`<a class="back" href="${session.cancel_url}">← Back</a>` : ''}
    <h1>Your order</h1>
    <p class="due">
      ${options.map(({ quote }, index) => html`<span class="of-option option-${index}">${money(quote.total)}</span>`)}
    </p>
    <ul class="items">
      ${record.lineItems.map((item) => itemRow(emulator, item, money))}
    </ul>
    ${options.map(
      (option, index) => html`<div class="of-option option-${index}">${totals(emulator, record, option, money)}</div>`,
    )}
  </section>`
}

type Money = (amount: number) => string

function itemRow(emulator: Emulator, item: LineItem, money: Money): Html {
  const product = emulator.store.products.get(item.price.product)
  const unit = item.price.unit_amount ?? 0
  const quantity = item.quantity ?? 1
  const image = product?.images[0]
  return html`<li>
    ${image === undefined ? '' : html`<img src="${image}" alt="" />`}
    <span class="what"
      >${item.description} ${product?.description ? html`<small>${product.description}</small>` : ''}
      <small>Qty ${quantity}${quantity > 1 ? html`, ${money(unit)} each` : ''}</small></span
    >
    <span class="amount">${money(unit * quantity)}</span>
  </li>`
}

const row = (label: string, amount: string) =>
  html`<tr>
    <th scope="row">${label}</th>
    <td>${amount}</td>
  </tr>`

function totals(emulator: Emulator, record: SessionRecord, { rate, quote }: Option, money: Money): Html {
  const coupon = record.discount && emulator.store.coupons.get(record.discount.coupon)
  return html`<table class="totals">
    <tbody>
      ${row('Subtotal', money(quote.subtotal))}
      ${record.discount ? row(coupon?.name ?? `Discount ${record.discount.coupon}`, `−${money(quote.discount)}`) : ''}
      ${rate && quote.shipping ? row(`Shipping: ${rate.display_name}`, quote.shipping.subtotal === 0 ? 'Free' : money(quote.shipping.subtotal)) : ''}
      ${record.object.automatic_tax.enabled ? row('Tax', money(quote.tax)) : ''}
      <tr class="total">
        <th scope="row">Total due</th>
        <td>${money(quote.total)}</td>
      </tr>
    </tbody>
  </table>`
}
