import { html } from 'hono/html'
import type { Markup } from '../../../http/page/layout.ts'
import { formatMoney, type Money } from '../../../shared/money.ts'

/** The pages are in English only. */
export const PAGE_LOCALE = 'en'

export const show = ({ amount, currency }: Money): string => formatMoney(amount, currency, PAGE_LOCALE)

type Line = {
  title: string
  description: string
  image: { url: string; caption: string } | null
  quantity: number
  unit_price: Money | null
  line_total: Money
}

/** The lines of a cart or an order: image, title, quantity and price before discounts. */
export const linesMarkup = (lines: Line[]): Markup =>
  html`<ul class="lines">
    ${lines.map(
      ({ title, description, image, quantity, unit_price, line_total }) =>
        html`<li>
          ${image === null ? '' : html`<img src="${image.url}" alt="" width="68" height="68" loading="lazy" />`}
          <div>
            <strong>${title}</strong>
            ${description === '' ? '' : html`<span class="soft">${description}</span>`}
            <span class="soft whole">${quantity}${unit_price === null ? '' : ` × ${show(unit_price)}`}</span>
          </div>
          <span class="amount"
            >${show(unit_price === null ? line_total : { ...unit_price, amount: unit_price.amount * quantity })}</span
          >
        </li>`,
    )}
  </ul>`

type Totals = Record<'item_subtotal' | 'item_discount' | 'shipping' | 'shipping_discount' | 'tax' | 'total', Money> & {
  tax_included?: boolean
}

const total = (what: string, amount: string, isSum = false): Markup =>
  html`<tr class="${isSum ? 'sum' : ''}">
    <th scope="row">${what}</th>
    <td>${amount}</td>
  </tr>`

const less = (what: string, { amount, currency }: Money): Markup | '' =>
  amount === 0 ? '' : total(what, show({ amount: -amount, currency }))

export const totalsMarkup = (totals: Totals, shippingName: string | undefined): Markup =>
  html`<table class="totals">
    <tbody>
      ${total('Items', show(totals.item_subtotal))} ${less('Discount', totals.item_discount)}
      ${total(shippingName === undefined ? 'Shipping' : `Shipping (${shippingName})`, show(totals.shipping))}
      ${less('Shipping discount', totals.shipping_discount)}
      ${totals.tax.amount === 0 || totals.tax_included === true ? '' : total('Tax', show(totals.tax))}
      ${total('Total', show(totals.total), true)}
      ${totals.tax.amount > 0 && totals.tax_included === true ? total('Tax included', show(totals.tax)) : ''}
    </tbody>
  </table>`
