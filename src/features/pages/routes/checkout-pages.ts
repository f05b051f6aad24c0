import { html } from 'hono/html'
import { type Page, shortPage } from '../../../http/page/layout.ts'
import type { CartView } from '../../cart/schemas.ts'
import type { CheckoutResult } from '../../checkout/get-checkout-result.ts'
import { linesMarkup, totalsMarkup } from './money-markup.ts'

const CART_IS_KEPT = html`<p>Nothing was charged, and what was in your cart is still there.</p>
  <p><a class="button" href="/cart">See the cart</a></p>`

/** The page that buyers return to from the payment page. */
export function checkoutPage({ status, orderIdentifier, url }: CheckoutResult): Page {
  if (status === 'complete') {
    return shortPage(
      'Thank you for your order',
      html`<p>We have your payment, and order <strong>${orderIdentifier ?? ''}</strong> is confirmed.</p>
        <p>A confirmation with a link to the order is on its way to you by email.</p>
        ${
          orderIdentifier === undefined
            ? ''
            : html`<p><a class="button" href="/orders/${encodeURIComponent(orderIdentifier)}">View your order</a></p>`
        }`,
    )
  }
  if (status === 'processing') {
    return shortPage(
      'Your payment is being settled',
      html`<p>With a debit from a bank account that takes some days.</p>
        <p>You need not do anything: we write to you as soon as the order is confirmed. You can close this page.</p>`,
    )
  }
  if (status === 'open') {
    return shortPage(
      'Your payment is not finished',
      html`<p>Nothing was charged so far, and what you chose is still kept for you.</p>
        ${
          url === undefined
            ? html`<p><a class="button" href="">Look again</a></p>`
            : html`<p><a class="button" href="${url}">Go on to the payment</a></p>`
        }`,
    )
  }
  return shortPage(
    status === 'expired' ? 'The payment page has run out' : 'The payment did not go through',
    CART_IS_KEPT,
  )
}

/** The page for buyers who leave the payment page without paying. */
export function cartPage(cart: CartView): Page {
  if (cart.items.length === 0) return shortPage('Your cart is empty', html`<p>Nothing was charged.</p>`)
  return {
    title: 'Your cart',
    body: html`<div class="card">
      <h1>Your cart</h1>
      <p>Nothing was charged. Your cart is as you left it.</p>
      ${linesMarkup(cart.items)} ${totalsMarkup(cart.totals, cart.shipping_method?.name)}
    </div>`,
  }
}
