import { html } from 'hono/html'
import { type Markup, type Page, shortPage } from '../../../http/page/layout.ts'
import type { CartView } from '../../cart/schemas.ts'
import type { CheckoutResult } from '../../checkout/get-checkout-result.ts'
import { linesMarkup, totalsMarkup } from './money-markup.ts'

/** Where buyers ask about a payment, and the session id by which operators find it. */
type Inquiry = { sessionId: string; supportEmail: string }

const SEE_CART = html`<p><a class="button" href="/cart">See your cart</a></p>`
const CHECK_AGAIN = html`<p><a class="button" href="">Check again</a></p>`

/** The page that buyers return to from the payment page. It says of the payment only what is known. */
export function checkoutPage(result: CheckoutResult, inquiry: Inquiry): Page {
  if (result.payment === 'unknown') {
    return shortPage(
      'We could not check your payment yet',
      html`<p>
          There have been too many requests. Please wait a minute, then check again. If you have paid, do not pay again.
        </p>
        ${CHECK_AGAIN}`,
    )
  }
  if (result.payment === 'received') {
    return shortPage(
      'We have your payment',
      html`<p>
          It arrived, but we could not place your order automatically. Our team has been alerted and is looking into it.
          Please do not pay again.
        </p>
        ${askSupport(inquiry)}`,
    )
  }
  if (result.payment === 'closed') {
    return shortPage(
      'There is no order for your payment',
      html`<p>
          We could not place your order, and our team has dealt with your payment. A refund can take five to ten days to
          reach you.
        </p>
        ${askSupport(inquiry)}`,
    )
  }
  return knownByStatus(result)
}

/** The page of a checkout whose status says all about its payment. */
function knownByStatus({ status, orderIdentifier, url }: CheckoutResult): Page {
  switch (status) {
    case 'complete':
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
    case 'processing':
      return shortPage(
        'Your payment is on its way',
        html`<p>A payment from a bank account takes a few days to arrive.</p>
          <p>
            There is nothing else to do: we will email you when it has arrived, or if it fails. You can close this page.
          </p>`,
      )
    case 'open':
      return shortPage(
        'Your payment is not finished',
        html`<p>Nothing has been charged so far, and your items are still reserved for you.</p>
          ${url === undefined ? CHECK_AGAIN : html`<p><a class="button" href="${url}">Continue to payment</a></p>`}`,
      )
    case 'expired':
      return shortPage(
        'The payment page has expired',
        html`<p>Nothing was charged through it. If you still want to buy, check out again from your cart.</p>
          ${SEE_CART}`,
      )
    case 'failed':
      return shortPage(
        'The payment did not go through',
        html`<p>Nothing was charged, and there is no order. If you still want the items, please check out again.</p>
          ${SEE_CART}`,
      )
  }
}

const askSupport = ({ sessionId, supportEmail }: Inquiry): Markup =>
  html`<p>
      Questions? Write to
      <a href="mailto:${supportEmail}?subject=${encodeURIComponent(`Payment ${sessionId}`)}">${supportEmail}</a> and
      quote this reference:
    </p>
    <p class="soft">${sessionId}</p>`

/** The cart, for buyers who leave the payment page; they may also come here after paying, when it is empty. */
export function cartPage(cart: CartView): Page {
  if (cart.items.length === 0)
    return shortPage('Your cart is empty', html`<p>Items leave the cart when you pay for them.</p>`)
  return {
    title: 'Your cart',
    body: html`<div class="card">
      <h1>Your cart</h1>
      <p>You are only charged once you have confirmed the payment on the payment page.</p>
      ${linesMarkup(cart.items)} ${totalsMarkup(cart.totals, cart.shipping_method?.name)}
    </div>`,
  }
}
