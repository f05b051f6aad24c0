import type { RunningStack } from '../stack.ts'
import * as forms from './api-forms.ts'
import type { Browser } from '../browser.ts'
import { linkIn, receiveEmail } from './inbox.ts'
import { expectThat } from './narrator.ts'
import type { Narrator } from './narrator.ts'
import { chooseSkus } from './purchase.ts'
import type { Shopper } from './purchase.ts'

const guest: Shopper = {
  title: 'A guest buys',
  email: 'grace.guest@example.com',
  name: 'Grace Guest',
  checkoutBody: { email: 'grace.guest@example.com' },
  async arrive(_stack, browser, narrator) {
    await narrator.step('arrive', () => browser.begin())
  },
  orderPath: (identifier, link) => `/v1/orders/${identifier}${link.search}`,
  async leave() {
    // The link in the email is all that a guest keeps.
  },
}

const PASSWORD = 'Grey-Heron-42'

const member: Shopper = {
  title: 'A member registers and buys',
  email: 'milo.member@example.com',
  name: 'Milo Member',
  checkoutBody: {},
  async arrive(stack, browser, narrator) {
    await narrator.step('arrive', () => browser.begin())
    const list = await browser.ask('GET', '/v1/products?limit=10', undefined, forms.productList)
    const [sku] = await chooseSkus(browser, list.items)
    expectThat(sku !== undefined, 'nothing can be bought')
    await narrator.step(
      'put into the cart as a visitor',
      () => browser.ask('POST', '/v1/cart/items', { sku_id: sku.id, quantity: 1 }, forms.cart),
      () => `1 × ${sku.title}`,
    )
    await register(browser, narrator)
    await narrator.step(
      'the cart came along',
      async () => {
        const { items } = await browser.ask('GET', '/v1/cart', undefined, forms.cart)
        expectThat(items.length === 1 && items[0]?.sku_id === sku.id, 'the cart was lost by registering')
        return items
      },
      (items) => `${items.length} line`,
    )
    await verifyEmail(stack, browser, narrator)
  },
  orderPath: (identifier) => `/v1/orders/${identifier}`,
  async leave(browser, identifier, narrator) {
    await narrator.step(
      'the order is in the list',
      async () => {
        const { items } = await browser.ask('GET', '/v1/orders', undefined, forms.orderList)
        expectThat(items.length === 1 && items[0]?.identifier === identifier, `the list has ${items.length} orders`)
        return items[0]
      },
      (order) => `${order.item_count} units, ${order.status_label}`,
    )
    await narrator.step('sign out', () => browser.ask('POST', '/v1/auth/logout', undefined, forms.nothing))
    await narrator.step('the account is closed to the browser', async () => {
      const { authenticated } = await browser.ask('GET', '/v1/auth/session', undefined, forms.session)
      expectThat(!authenticated, 'the browser is still signed in')
    })
  },
}

function register(browser: Browser, narrator: Narrator) {
  const body = { username: 'milo.member', email: member.email, password: PASSWORD, newsletter: false }
  return narrator.step(
    'register',
    () => browser.ask('POST', '/v1/auth/register', body, forms.registered),
    ({ username }) => `${username}, signed in`,
  )
}

async function verifyEmail(stack: RunningStack, browser: Browser, narrator: Narrator): Promise<void> {
  const email = await narrator.step(
    'verification email arrives',
    () => receiveEmail(stack, member.email, 'the account', ({ text }) => text.includes('/verify-email?')),
    ({ subject }) => `“${subject}”`,
  )
  await narrator.step('open its link', async () => {
    const token = linkIn(email, '/verify-email').searchParams.get('token')
    await browser.ask('POST', '/v1/auth/email/verify', { token }, forms.nothing)
    const { email_verified } = await browser.ask('GET', '/v1/account', undefined, forms.account)
    expectThat(email_verified, 'the account says that the address is not verified')
  })
}

/** Everyone who buys in the demo, one after the other. */
export const SHOPPERS: Shopper[] = [guest, member]
