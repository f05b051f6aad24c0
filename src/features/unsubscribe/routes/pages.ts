import { html } from 'hono/html'
import { type Page, shortPage } from '../../../http/page/layout.ts'

/** The form field that tells a press of the page's button from the click of a mail client. */
export const PAGE_FIELD = 'from_page'

/** Asks first, since link checkers open every link. The form posts to the address of the page. */
export const askPage = (shopName: string): Page =>
  shortPage(
    'Stop marketing emails?',
    html`<p>
        Press the button, and ${shopName} sends no more marketing emails to the address to which this link came. Nothing
        has changed yet.
      </p>
      <p class="soft">Emails about your own orders and your account still come.</p>
      <form method="post"><button class="button" name="${PAGE_FIELD}" value="yes">Unsubscribe</button></form>`,
  )

export const donePage = (shopName: string): Page =>
  shortPage(
    'You are unsubscribed',
    html`<p>${shopName} sends no more marketing emails to that address. You can close this page.</p>`,
  )
