import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FREE_PORTS, type RunningStack, startStack } from '../../dev/stack.ts'
import { UNREADABLE } from './unreadable.ts'

let stack: RunningStack
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  stack = await startStack({ ports: FREE_PORTS, varsFrom: 'example', cron: 'never', vars: { RATE_LIMITS: 'off' } })
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  page = await browser.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
})

afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

test('the documentation page shows every operation and tries one out, with the token, and nothing is blocked', async () => {
  await page.goto(`${stack.urls.api}/docs`)
  await page.locator('#operations-checkout-startCheckout').waitFor()
  const operation = page.locator('#operations-cart-emptyCart')
  await operation.locator('.opblock-summary-control').click()
  await operation.locator('.try-out__btn').click()
  await operation.locator('.execute').click()
  await expect.poll(() => operation.locator('.live-responses-table tbody').innerText()).toMatch(/^200/)
  expect(complaints).toEqual([])
})

test('the list of products, tried out as the page offers it, lists products', async () => {
  await page.goto(`${stack.urls.api}/docs`)
  const operation = page.locator('#operations-catalogue-listProducts')
  await operation.locator('.opblock-summary-control').click()
  await operation.locator('.try-out__btn').click()
  await operation.locator('.execute').click()
  const answer = operation.locator('.live-responses-table .highlight-code').first()
  await expect.poll(() => answer.innerText()).toContain('"price_from"')
  expect(complaints).toEqual([])
})

/** Fills a cart and starts a checkout with the browser's cookies; answers the address of the payment page. */
async function startCheckout(): Promise<string> {
  const get = async (path: string) => (await page.request.get(`${stack.urls.api}${path}`)).json()
  const { csrf_token: token } = await get('/v1/auth/csrf')
  const send = async (method: string, path: string, data: unknown) =>
    page.request.fetch(`${stack.urls.api}${path}`, { method, data, headers: { 'X-CSRF-Token': token } })
  const { items } = await get('/v1/products?limit=50')
  for (const { slug } of items) {
    const { skus } = await get(`/v1/products/${slug}`)
    const sku = skus.find((each: { inventory_state: string }) => each.inventory_state === 'in_stock')
    if (sku !== undefined && (await send('POST', '/v1/cart/items', { sku_id: sku.id, quantity: 1 })).ok()) break
  }
  const methods = await get('/v1/shipping-methods')
  await send('PUT', '/v1/cart/shipping-method', { shipping_method_id: methods.items[0].id })
  return (await (await send('POST', '/v1/checkout', { agreed_with_terms_of_sale: true })).json()).url
}

test('a visitor is declined, pays with another card, reads the email and follows its link to the order', async () => {
  await page.goto(await startCheckout())
  const entries = {
    email: 'browser@example.com',
    shipping_name: 'Berta Browser',
    shipping_line1: '1 Main Street',
    shipping_city: 'Springfield',
    shipping_state: 'IL',
    shipping_postal_code: '62701',
    card: '4000 0000 0000 0002',
    expiry: '12 / 40',
    cvc: '123',
    name: 'Berta Browser',
  }
  await page.locator('#shipping_country').selectOption('US')
  for (const [id, value] of Object.entries(entries)) await page.locator(`#${id}`).fill(value)
  await page.locator('#billing-same').setChecked(true)
  await page.locator('#pay-button').click()
  expect(await page.locator('[role=alert]').innerText()).toMatch(/declined/i)
  for (const [id, value] of Object.entries(entries)) expect(await page.locator(`#${id}`).inputValue()).toBe(value)

  await page.locator('#card').fill('4242 4242 4242 4242')
  await page.locator('#pay-button').click()
  await page.waitForURL(/\/checkout\/cs_/)
  await page.getByRole('heading', { name: 'Thank you for your order' }).waitFor()
  const identifier = /ORD-\w+/.exec(await page.locator('main').innerText())?.[0] ?? ''
  await page.getByRole('link', { name: 'View your order' }).click()
  await page.getByRole('heading', { name: `Order ${identifier}` }).waitFor()

  await page.goto(stack.urls.mail)
  await page.locator('#list button', { hasText: identifier }).click()
  const letter = page.frameLocator('iframe')
  await letter.getByRole('heading', { name: /order/i }).waitFor()
  const [opened] = await Promise.all([
    page.waitForEvent('popup'),
    letter.locator('a[href*="/orders/"]').first().click(),
  ])
  await opened.getByRole('heading', { name: `Order ${identifier}` }).waitFor()
  expect(await opened.locator('main').innerText()).toContain('browser@example.com')
  expect(complaints.filter((each) => each.includes('404'))).toEqual([])
})

type Mail = { subject: string; text: string }

/** The address of the page below `path` in the newest email to this address. */
async function linkTo(path: string, to: string): Promise<string> {
  const find = async () => {
    const mails = (await (await fetch(`${stack.urls.mail}/api/messages?to=${to}`)).json()) as Mail[]
    const links = mails.flatMap(({ text }) => text.match(/https?:\/\/\S+/g) ?? [])
    return links.find((link) => new URL(link).pathname === path)
  }
  await expect.poll(find, { timeout: 15_000 }).toBeDefined()
  return (await find()) ?? ''
}

/** Opens an account from a browser of its own, over the API; answers its address. */
async function register(context: BrowserContext): Promise<string> {
  const email = `reader.${crypto.randomUUID()}@example.com`
  const { csrf_token: token } = await (await context.request.get(`${stack.urls.api}/v1/auth/csrf`)).json()
  const body = { username: email.slice(0, 25), email, password: 'Grey-Heron-42', newsletter: false }
  const send = (path: string, data: unknown) =>
    context.request.post(`${stack.urls.api}${path}`, { data, headers: { 'X-CSRF-Token': token } })
  expect((await send('/v1/auth/register', body)).status()).toBe(201)
  expect((await send('/v1/auth/password/forgot', { login: email })).status()).toBe(202)
  return email
}

test('links of emails do their work in a browser without scripts: confirm the address, choose a password', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const email = await register(context)
  const reader = await context.newPage()
  await reader.goto(await linkTo('/verify-email', email))
  await reader.getByRole('button', { name: 'Confirm my address' }).click()
  await reader.getByRole('heading', { name: 'Your address is confirmed' }).waitFor()
  const account = await (await context.request.get(`${stack.urls.api}/v1/account`)).json()
  expect(account).toMatchObject({ email, email_verified: true })

  await reader.goto(await linkTo('/reset-password', email))
  await reader.getByLabel('New password').fill('short')
  await reader.getByRole('button', { name: 'Set the new password' }).click()
  expect(await reader.getByLabel('New password').getAttribute('aria-invalid')).toBe('true')
  await reader.getByLabel('New password').fill('Blue_Otter-17')
  await reader.getByRole('button', { name: 'Set the new password' }).click()
  await reader.getByRole('heading', { name: 'Your new password is set' }).waitFor()
  await reader.reload()
  await reader.getByRole('heading', { name: 'Your new password is set' }).waitFor()
  await context.close()
})

const LOOKS = [390, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

test.each(LOOKS)('every page fits and is readable: $width pixels, $colorScheme', async ({ width, colorScheme }) => {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } })
  const email = await register(context)
  const looker = await context.newPage()
  const seen: string[] = []
  looker.on('console', (message) => message.type() === 'error' && seen.push(message.text()))
  const { api } = stack.urls
  const links = await Promise.all(
    ['/verify-email', '/disown-account', '/reset-password'].map((at) => linkTo(at, email)),
  )
  for (const url of [...links, `${api}/`, `${api}/cart`, `${api}/verify-email?done`]) {
    await looker.goto(url)
    expect(await looker.locator('h1').count(), url).toBe(1)
    expect(await looker.evaluate(UNREADABLE), url).toEqual([])
  }
  expect(seen).toEqual([])
  await context.close()
})

test('the mailbox is used with a thumb: a list, one message, and back', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const email = await register(context)
  await linkTo('/verify-email', email)
  const phone = await context.newPage()
  await phone.goto(stack.urls.mail)
  await phone.locator('#list button', { hasText: email }).first().click()
  await phone.locator('iframe').waitFor()
  expect(await phone.locator('#list').isVisible()).toBe(false)
  const width = await phone.evaluate('document.documentElement.scrollWidth')
  expect(width).toBe(390)
  await phone.getByRole('button', { name: 'Messages' }).click()
  expect(await phone.locator('#list').isVisible()).toBe(true)
  await context.close()
})
