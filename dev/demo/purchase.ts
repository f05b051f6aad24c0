import type { StoredMessage } from '../mailbox/store.ts'
import type { RunningStack } from '../stack.ts'
import { waitUntil } from '../wait-until.ts'
import * as forms from './api-forms.ts'
import type { Browser } from '../browser.ts'
import { linkIn, receiveEmail } from './inbox.ts'
import { expectThat } from './narrator.ts'
import type { Narrator } from './narrator.ts'

const DISCOUNT_CODE = 'WELCOME10'

/** Who buys: a guest says only where the email goes; a member signs in before. */
export interface Shopper {
  title: string
  email: string
  /** Name on the card and on both addresses. */
  name: string
  /** What the checkout is told beyond the terms. */
  checkoutBody: Record<string, unknown>
  /** What comes before browsing: at least the CSRF token. */
  arrive(stack: RunningStack, browser: Browser, narrator: Narrator): Promise<void>
  /** Where this shopper reads the order, given the link in the email. */
  orderPath(identifier: string, link: URL): string
  /** What comes after the order was read. */
  leave(browser: Browser, identifier: string, narrator: Narrator): Promise<void>
}

export interface Purchase {
  identifier: string
  total: forms.Money
  email: StoredMessage
}

/** Buys as a browser would, from the first page to the order behind the link in the email. Throws at the first surprise. */
export async function buy(
  stack: RunningStack,
  browser: Browser,
  shopper: Shopper,
  narrator: Narrator,
): Promise<Purchase> {
  narrator.title(shopper.title)
  await shopper.arrive(stack, browser, narrator)
  const cart = await fillCart(browser, narrator)
  const sessionId = await payAtStripe(stack, browser, shopper, narrator)
  const identifier = await seeResult(browser, sessionId, narrator)
  const email = await narrator.step(
    'confirmation email arrives',
    () =>
      receiveEmail(stack, shopper.email, identifier, ({ subject, text }) => `${subject} ${text}`.includes(identifier)),
    ({ subject }) => `“${subject}”`,
  )
  await openOrder(browser, shopper, { identifier, total: cart.totals.total, email }, narrator)
  await shopper.leave(browser, identifier, narrator)
  return { identifier, total: cart.totals.total, email }
}

async function fillCart(browser: Browser, narrator: Narrator): Promise<forms.Cart> {
  const list = await narrator.step(
    'browse the catalogue',
    () => browser.ask('GET', '/v1/products?limit=10', undefined, forms.productList),
    ({ items }) => `${items.length} products`,
  )
  const skus = await narrator.step(
    'open two product pages',
    () => chooseSkus(browser, list.items),
    (chosen) => chosen.map(({ title }) => title).join(', '),
  )
  for (const [at, { id, title }] of skus.entries()) {
    const quantity = 2 - at
    await narrator.step(
      'put into the cart',
      () => browser.ask('POST', '/v1/cart/items', { sku_id: id, quantity }, forms.cart),
      ({ totals }) => `${quantity} × ${title}, items ${forms.show(totals.item_subtotal)}`,
    )
  }
  await narrator.step(
    'use a discount code',
    () => browser.ask('POST', '/v1/cart/discount-codes', { code: DISCOUNT_CODE }, forms.cart),
    ({ totals }) => `${DISCOUNT_CODE}, −${forms.show(totals.item_discount)}`,
  )
  return narrator.step(
    'choose shipping',
    () => chooseShipping(browser),
    ({ totals }) => `total ${forms.show(totals.total)}`,
  )
}

/** One SKU that can be bought now from each of the first two products that have one. */
export async function chooseSkus(
  browser: Browser,
  products: { slug: string }[],
): Promise<{ id: string; title: string }[]> {
  const chosen: { id: string; title: string }[] = []
  for (const { slug } of products) {
    const page = await browser.ask('GET', `/v1/products/${slug}`, undefined, forms.product)
    const sku = page.skus.find((each) => each.price !== null && each.inventory_state === 'in_stock' && each.available)
    if (sku !== undefined) chosen.push({ id: sku.id, title: page.title })
    if (chosen.length === 2) return chosen
  }
  throw new Error('fewer than two products can be bought')
}

async function chooseShipping(browser: Browser): Promise<forms.Cart> {
  const { items } = await browser.ask('GET', '/v1/shipping-methods', undefined, forms.shippingMethods)
  const cart = await browser.ask('PUT', '/v1/cart/shipping-method', { shipping_method_id: items[0]?.id }, forms.cart)
  const { item_subtotal, item_discount, shipping, shipping_discount, tax, total } = cart.totals
  const sum = item_subtotal.amount - item_discount.amount + shipping.amount - shipping_discount.amount + tax.amount
  expectThat(item_discount.amount > 0, 'the discount code saved nothing')
  expectThat(total.amount === sum, `the total ${total.amount} is not the sum ${sum} of its parts`)
  return cart
}

async function payAtStripe(
  stack: RunningStack,
  browser: Browser,
  shopper: Shopper,
  narrator: Narrator,
): Promise<string> {
  const { session_id: id } = await narrator.step(
    'check out',
    () => {
      const body = { agreed_with_terms_of_sale: true, ...shopper.checkoutBody }
      return browser.ask('POST', '/v1/checkout', body, forms.startedCheckout)
    },
    ({ session_id }) => session_id,
  )
  const before = await completions(stack)
  await narrator.step('pay with a test card at Stripe', () =>
    callEmulator(stack, `/_emulator/checkout/sessions/${id}/pay`, {
      card: '4242424242424242',
      email: shopper.email,
      name: shopper.name,
    }),
  )
  await narrator.step('webhook taken by the API', () =>
    waitUntil(
      'the webhook to be answered with success',
      async () => {
        const now = await completions(stack)
        return now.length > before.length && now.every(({ delivered }) => delivered)
      },
      { timeoutMs: 30_000 },
    ),
  )
  return id
}

async function completions(stack: RunningStack) {
  const report = forms.webhookReport.parse(await callEmulator(stack, '/_emulator/webhooks'))
  return report.events.filter(({ type }) => type === 'checkout.session.completed')
}

async function callEmulator(stack: RunningStack, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(new URL(path, stack.urls.stripe), {
    signal: AbortSignal.timeout(15_000),
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  expectThat(answer.ok, `the emulator answered ${answer.status} to ${path}: ${text}`)
  return JSON.parse(text)
}

async function seeResult(browser: Browser, sessionId: string, narrator: Narrator): Promise<string> {
  const identifier = await narrator.step(
    'return page says complete',
    () =>
      waitUntil('the checkout to be complete', async () => {
        const result = await browser.ask('GET', `/v1/checkout/${sessionId}`, undefined, forms.checkoutResult)
        return result.status === 'complete' && result.order_identifier
      }),
    (found) => found,
  )
  await narrator.step('the cart is empty again', () =>
    waitUntil(
      'the cart to be emptied',
      async () => (await browser.ask('GET', '/v1/cart', undefined, forms.cart)).items.length === 0,
    ),
  )
  return identifier
}

async function openOrder(browser: Browser, shopper: Shopper, bought: Purchase, narrator: Narrator): Promise<void> {
  await narrator.step(
    'open the order',
    async () => {
      const link = linkIn(bought.email, '/orders/')
      const order = await browser.ask('GET', shopper.orderPath(bought.identifier, link), undefined, forms.order)
      expectThat(order.identifier === bought.identifier, `the link shows order ${order.identifier}`)
      expectThat(order.totals.total.amount === bought.total.amount, 'the order has another total than the cart had')
      return order
    },
    (order) => `${order.items.length} lines, ${forms.show(order.totals.total)}`,
  )
}
