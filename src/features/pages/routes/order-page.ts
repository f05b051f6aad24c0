import { html } from 'hono/html'
import type { Markup, Page } from '../../../http/page/layout.ts'
import { addressLines, formatDate } from '../../../shared/locale.ts'
import type { OrderView } from '../../orders/schemas.ts'
import { linesMarkup, PAGE_LOCALE, show, totalsMarkup } from './money-markup.ts'

const addressMarkup = (title: string, address: OrderView['shipping_address']): Markup | '' => {
  if (address === null) return ''
  const lines = addressLines({ ...address, postalCode: address.postal_code }, PAGE_LOCALE)
  return html`<section>
    <h2>${title}</h2>
    <address>${lines.map((line) => html`${line}<br />`)}</address>
  </section>`
}

const trackingMarkup = (method: OrderView['shipping_method']): Markup | '' => {
  if (!method?.tracking_number) return ''
  const { carrier, tracking_number: number, tracking_url: url } = method
  return html`<p>
    ${carrier}: ${url === null ? number : html`<a href="${url}" rel="noopener">track parcel ${number}</a>`}
  </p>`
}

const REFUND_STATES: Record<string, string> = {
  pending: 'on its way',
  requires_action: 'on its way',
  failed: 'did not go through',
  canceled: 'cancelled',
}

/** The page of an order for its buyer, with dates in the shop's time zone. */
export function orderPage(order: OrderView, timeZone: string): Page {
  const day = (moment: string) => formatDate(new Date(moment), PAGE_LOCALE, timeZone)
  return {
    title: `Order ${order.identifier}`,
    body: html`<div class="card">
      <h1>Order <span class="whole">${order.identifier}</span></h1>
      <p>
        <span class="state">${order.status_label}</span> <span class="soft">placed on ${day(order.placed_at)}</span>
      </p>
      ${trackingMarkup(order.shipping_method)} ${linesMarkup(order.items)}
      ${totalsMarkup(order.totals, order.shipping_method?.name)}
      ${
        order.refunds.length === 0
          ? ''
          : html`<h2>Refunds</h2>
              ${order.refunds.map(
                ({ amount, status, created_at }) =>
                  html`<p>
                    ${show(amount)} on ${day(created_at)}${REFUND_STATES[status] ? `, ${REFUND_STATES[status]}` : ''}
                  </p>`,
              )}`
      }
      <div class="pair">
        ${addressMarkup('Ships to', order.shipping_address)} ${addressMarkup('Bill to', order.billing_address)}
      </div>
      <h2>History</h2>
      <ol class="steps">
        ${order.statuses.map(
          ({ label, note, created_at }) =>
            html`<li>${label} <span class="soft">${day(created_at)}${note === '' ? '' : ` · ${note}`}</span></li>`,
        )}
      </ol>
      <p class="soft">We will email ${order.email} when something changes.</p>
    </div>`,
  }
}
