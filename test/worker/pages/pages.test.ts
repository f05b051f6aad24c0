import { describe, expect, test } from 'vitest'
import {
  ANOTHER_PASSWORD,
  cookieOf,
  emailedToken,
  memberRow,
  openBrowser,
  PASSWORD,
  registerMember,
} from '../support/accounts.ts'
import { totalsMarkup } from '../../../src/features/pages/routes/money-markup.ts'
import { idOf } from '../../../src/payments/stripe/values.ts'
import { addToCart, buy, checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { type Answer, type Client, createClient as createProgram } from '../support/client.ts'
import { deliverEmail } from '../support/email.ts'
import { emailsTo } from '../support/mailbox.ts'
import { createSku, db } from '../support/shop.ts'
import { deliver, expire, pay, sessionEvent, settleDebit, stripe } from '../support/stripe.ts'

/** A shop without a storefront: links lead to the API's own pages. */
const HERE = { STOREFRONT_URL: 'http://shop.test' }
/** A browser asks for HTML. */
const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

function createClient(overrides: Record<string, unknown> = {}): Client {
  const client = createProgram(overrides)
  const call: Client['call'] = (method, path, given) =>
    client.call(method, path, { ...given, headers: { ...HTML, ...given?.headers } })
  return { ...client, call, get: (path, headers) => call('GET', path, { headers: headers ?? {} }) }
}

const [shop] = await db`SELECT * FROM shop_settings`

const heading = ({ text }: Answer): string =>
  /<h1>\s*([^]*?)\s*<\/h1>/.exec(text)?.[1]?.replaceAll(/<[^>]+>/g, '') ?? ''
const mainOf = ({ text }: Answer): string => /<main[^]*<\/main>/.exec(text)?.[0].replaceAll(/\s+/g, ' ') ?? ''
const NOTHING_CHARGED = /nothing was charged/i
const fieldOf = ({ text }: Answer, name: string): string =>
  new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(text)?.[1] ?? ''

function expectPage(answer: Answer, status = 200): void {
  expect({ status: answer.status, type: answer.headers.get('Content-Type') }).toEqual({
    status,
    type: 'text/html; charset=UTF-8',
  })
  const policy = answer.headers.get('Content-Security-Policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1]
  expect(answer.text).toContain(`<style nonce="${nonce}">`)
  expect(answer.text).not.toMatch(/<script|\sstyle=|\son\w+=/)
  expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
  expect(answer.text).toContain(shop!.name)
  expect(answer.text).toContain(shop!.accent_color)
  expect(/class="brand"[^]*?<img[^]*?<\/a/.test(answer.text.slice(0, answer.text.indexOf('</header>')))).toBe(
    shop!.logo_url !== null,
  )
}

/** Presses the button of a page that was opened before. */
const press = (
  client: Client,
  page: Answer,
  path: string,
  fields: Record<string, string> = {},
  origin = 'http://shop.test',
) =>
  client.call('POST', path, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin },
    body: new URLSearchParams({
      token: fieldOf(page, 'token'),
      csrf_token: fieldOf(page, 'csrf_token'),
      ...fields,
    }).toString(),
  })

async function openLink(path: string, emCd: string) {
  const { email, id } = await registerMember()
  if (emCd === 'password_reset') await (await openBrowser()).post('/v1/auth/password/forgot', { login: email })
  await expect
    .poll(() => db`SELECT 1 FROM email_outbox WHERE to_address = ${email} AND em_cd = ${emCd}`)
    .toHaveLength(1)
  const client = createClient(HERE)
  const page = await client.get(`${path}?token=${await emailedToken(email, emCd)}`)
  return { client, page, id, email, url: `${path}?token=${await emailedToken(email, emCd)}` }
}

describe('the page to confirm an address', () => {
  test('changes nothing by being opened, and confirms once its button is pressed, without a script', async () => {
    const { client, page, id, url } = await openLink('/verify-email', 'welcome_verification')
    expectPage(page)
    expect(page.text).toContain('<body class="narrow">')
    expect(heading(page)).toBe('Confirm your email address')
    expect((await memberRow(id)).email_verified_at).toBeNull()
    const answer = await press(client, page, '/verify-email')
    expect({ status: answer.status, location: answer.headers.get('Location') }).toEqual({
      status: 303,
      location: '/verify-email?done',
    })
    expect((await memberRow(id)).email_verified_at).not.toBeNull()
    const done = await client.get('/verify-email?done')
    expectPage(done)
    expect(heading(done)).toBe('Your address is confirmed')
    const again = await client.get(url)
    const used = await press(client, again, '/verify-email')
    expectPage(used, 422)
    expect(heading(used)).toBe('This link no longer works')
  })

  test('offers a field for the password: with it guest orders join, a wrong one is refused', async () => {
    const { client, page, id, url } = await openLink('/verify-email', 'welcome_verification')
    expect(page.text).toContain('autocomplete="current-password"')
    const wrong = await press(client, page, '/verify-email', { password: 'not-it' })
    expectPage(wrong, 422)
    expect(wrong.text).toMatch(/id="password-problem">\s*This is not the password/)
    expect((await memberRow(id)).email_verified_at).toBeNull()
    expect((await press(client, await client.get(url), '/verify-email', { password: PASSWORD })).status).toBe(303)
    expect(await memberRow(id)).toMatchObject({ email_owned_at: expect.anything() })

    const own = await registerMember(await openBrowser(HERE))
    const signedIn = await own.client.get(
      `/verify-email?token=${await emailedToken(own.email, 'welcome_verification')}`,
    )
    expect((await press(own.client, signedIn, '/verify-email')).status).toBe(303)
    expect(await memberRow(own.id)).toMatchObject({ email_owned_at: expect.anything() })
  })

  test('takes the password of the account also from whoever is signed in to another one', async () => {
    const { url, id } = await openLink('/verify-email', 'welcome_verification')
    const { client } = await registerMember(await openBrowser(HERE))
    const page = await client.get(url)
    expect(page.text).toContain('autocomplete="current-password"')
    expect((await press(client, page, '/verify-email', { password: PASSWORD })).status).toBe(303)
    expect(await memberRow(id)).toMatchObject({ email_owned_at: expect.anything() })
  })

  test('has a counterpart for readers who opened no account, which takes the address off it', async () => {
    const { email, id } = await registerMember()
    const client = createClient(HERE)
    const page = await client.get(
      `/disown-account?token=${await emailedToken(email, 'welcome_verification', 'disown_url')}`,
    )
    expectPage(page)
    expect(heading(page)).toBe('Was this not you?')
    expect((await memberRow(id)).email).toBe(email)
    expect((await press(client, page, '/disown-account')).headers.get('Location')).toBe('/disown-account?done')
    expect((await memberRow(id)).email).not.toBe(email)
  })

  test('is of no use to a page elsewhere: neither without the token of the form nor from another origin', async () => {
    const { client, page, id, url } = await openLink('/verify-email', 'welcome_verification')
    const forged = await press(client, page, '/verify-email', { csrf_token: 'x.y' })
    expectPage(forged, 422)
    expect(forged.text).toContain('press the button once more')
    const elsewhere = await press(client, page, '/verify-email', {}, 'https://evil.example')
    expect(elsewhere.status).toBe(403)
    const stranger = createClient(HERE)
    expectPage(await press(stranger, page, '/verify-email'), 422)
    expect((await memberRow(id)).email_verified_at).toBeNull()
    expect((await press(client, await client.get(url), '/verify-email')).status).toBe(303)
  })

  test('refuses bodies that are no form, and what could never be stored', async () => {
    const client = createClient(HERE)
    const json = await client.call('POST', '/verify-email', { json: { token: 'x' } })
    const nul = await press(client, await client.get('/verify-email?token=x'), '/verify-email', { token: '\0' })
    expect([json.status, nul.status]).toEqual([415, 422])
    for (const answer of [json, nul]) expect(answer.headers.get('Content-Type')).toContain('text/html')
  })
})

describe('the page for a new password', () => {
  test('says beside the field what is wrong with a weak one, and sets a good one', async () => {
    const { client, page, email, id } = await openLink('/reset-password', 'password_reset')
    expectPage(page)
    const weak = await press(client, page, '/reset-password', { password: 'short' })
    expectPage(weak, 422)
    expect(weak.text).toMatch(/aria-invalid=.?true/)
    expect(weak.text).toMatch(/id="password-problem">[^<]+</)
    expect(weak.text).not.toContain('value="short"')
    const long = await press(client, weak, '/reset-password', { password: `A!${'a'.repeat(1_000)}` })
    expect(long.status).toBe(422)
    const set = await press(client, weak, '/reset-password', { password: ANOTHER_PASSWORD })
    expect(set.headers.get('Location')).toBe('/reset-password?done')
    const [device] = await db`SELECT device_id FROM known_devices WHERE member_id = ${id}`
    expect(cookieOf(client, 'mercat_device')?.split('.')[0]).toBe(device?.['device_id'])
    const browser = await openBrowser()
    expect((await browser.post('/v1/auth/login', { login: email, password: PASSWORD })).status).toBe(401)
    expect((await browser.post('/v1/auth/login', { login: email, password: ANOTHER_PASSWORD })).status).toBe(200)
  })
})

describe('the page that undoes a change of the address', () => {
  test('says what will happen, and gives the account its address back', async () => {
    const { client: member, email, id } = await registerMember()
    await member.post('/v1/auth/email/verify', { token: await emailedToken(email, 'welcome_verification') })
    const other = `other.${email}`
    expect((await member.patch('/v1/account/email', { email: other, password: PASSWORD })).status).toBe(200)
    const token = await emailedToken(email, 'email_change_requested', 'undo_url')
    const client = createClient(HERE)
    const page = await client.get(`/undo-email-change?token=${token}`)
    expectPage(page)
    expect(page.text).toMatch(/Everyone\s+is\s+signed\s+out/)
    expect((await press(client, page, '/undo-email-change')).status).toBe(303)
    expect(await memberRow(id)).toMatchObject({ email, pending_email: null, password_hash: null })
  })
})

describe('the return from payment', () => {
  test('says how the payment stands and leads on, to its buyer only', async () => {
    const { client } = await createBuyer({ overrides: HERE })
    const checkout = await checkOut(client)
    const open = await client.get(`/checkout/${checkout.session_id}`)
    expectPage(open)
    expect(heading(open)).toBe('Your payment is not finished')
    expect(open.text).toContain(`href="${checkout.url}"`)
    expect(mainOf(open)).toContain('>Continue to payment</a>')

    await pay(checkout.session_id)
    const complete = await client.get(`/checkout/${checkout.session_id}`)
    expectPage(complete)
    expect(heading(complete)).toBe('Thank you for your order')
    const identifier = /href="\/orders\/(ORD-\w+)"/.exec(complete.text)?.[1] ?? ''
    const order = await client.get(`/orders/${identifier}`)
    expectPage(order)
    expect(heading(order)).toBe(`Order ${identifier}`)

    for (const path of [
      `/checkout/${checkout.session_id}`,
      `/orders/${identifier}`,
      '/checkout/nonsense',
      '/orders/x',
    ]) {
      const stranger = await createClient(HERE).get(path)
      expectPage(stranger, 404)
      expect(stranger.text).not.toContain(identifier)
    }
  })

  test('shows a member whose access token ran out meanwhile the order all the same', async () => {
    const member = await registerMember(await openBrowser(HERE))
    await addToCart(member.client, (await createSku()).skuId)
    const { checkout } = await buy(member.client)
    member.client.cookies.delete('mercat_access')
    const page = await member.client.get(`/checkout/${checkout.session_id}`)
    expect(heading(page)).toBe('Thank you for your order')
    expect(member.client.cookies.has('mercat_access')).toBe(true)
    member.client.cookies.set('mercat_refresh', 'nonsense')
    member.client.cookies.delete('mercat_access')
    expect((await member.client.get(`/checkout/${checkout.session_id}`, HTML)).status).toBe(404)
  })

  test('of somebody who left the payment page is their cart, escaped', async () => {
    const sku = await createSku({ title: 'Mug <script>alert(1)</script>', amount: 1250 })
    const { client } = await createBuyer({ sku, quantity: 2, overrides: HERE })
    const cart = await client.get('/cart')
    expectPage(cart)
    expect(cart.text).toContain('Mug &lt;script&gt;')
    expect(cart.text).toContain('$25.00')
  })

  test('of somebody whose cart was emptied by their order does not say that nothing was charged', async () => {
    const { client } = await createBuyer({ overrides: HERE })
    const cart = await client.get('/cart', HTML)
    expect(cart.text).not.toMatch(NOTHING_CHARGED)
    await buy(client)
    const empty = await client.get('/cart', HTML)
    expectPage(empty)
    expect(heading(empty)).toBe('Your cart is empty')
    expect(empty.text).not.toMatch(NOTHING_CHARGED)
  })
})

describe('the return from a payment', () => {
  const startBuying = async (overrides: Record<string, unknown> = {}) => {
    const { client, sku } = await createBuyer({ overrides: { ...HERE, ...overrides } })
    const { checkout_id: id, session_id } = await checkOut(client)
    const returnPage = () => client.get(`/checkout/${session_id}`, HTML)
    return { id, sku, sessionId: session_id, returnPage }
  }

  const refundAll = async (sessionId: string) => {
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(sessionId)
    const refund = await stripe.refunds.create({ payment_intent: idOf(intent) ?? '' })
    await deliver({ ...sessionEvent('refund.created', refund), data: { object: { id: refund.id } } })
  }

  /** No order can be placed for it: paid at another total, or after the reservation was released and the goods sold. */
  const UNMATCHED = {
    'another total': ({ id }: { id: string }) =>
      db`UPDATE checkouts SET item_subtotal_amount = item_subtotal_amount + 1, total_amount = total_amount + 1 WHERE id = ${id}`,
    'an item that sold out after the page had expired': async ({ id, sku }: { id: string; sku: { skuId: string } }) => {
      await db`SELECT release_checkout(${id}, 'expired', now(), NULL, NULL)`
      await db`UPDATE skus SET on_hand = 0 WHERE id = ${sku.skuId}`
    },
  }

  test.each(Object.entries(UNMATCHED))(
    'of %s says that the money arrived and whom to write to, before and after the webhook',
    async (_, unmatch) => {
      const bought = await startBuying()
      await pay(bought.sessionId)
      await unmatch(bought)
      for (const page of [
        await bought.returnPage(),
        await deliverCompleted({ id: bought.sessionId }).then(bought.returnPage),
      ]) {
        expectPage(page)
        expect(heading(page)).toBe('We have your payment')
        expect(mainOf(page)).toContain(`href="mailto:${shop!.support_email}?subject=`)
        expect(mainOf(page)).toContain(bought.sessionId)
        expect(mainOf(page)).not.toMatch(/bank account|nothing was charged|go on to|cart/i)
      }
    },
  )

  test('whose payment was refunded without an order does not say that nothing was charged', async () => {
    const bought = await startBuying()
    await pay(bought.sessionId)
    await UNMATCHED['another total'](bought)
    await deliverCompleted({ id: bought.sessionId })
    await refundAll(bought.sessionId)
    // First from Stripe's state, then from the state that this stored.
    for (const page of [await bought.returnPage(), await bought.returnPage()]) {
      expectPage(page)
      expect(heading(page)).toBe('There is no order for your payment')
      expect(mainOf(page)).toContain(`href="mailto:${shop!.support_email}?subject=`)
      expect(mainOf(page)).not.toMatch(NOTHING_CHARGED)
    }
  })

  test('whose order could not be written yet says that the money arrived', async () => {
    const { sessionId, returnPage } = await startBuying({ INITIAL_ORDER_STATUS: 'unheard-of' })
    await pay(sessionId)
    const page = await returnPage()
    expectPage(page, 500)
    expect(heading(page)).toBe('We have your payment')
    expect(mainOf(page)).toMatch(/do not pay again/)
  })

  test('by bank debit says that it takes days, and after its failure that nothing was charged', async () => {
    const { sessionId, returnPage } = await startBuying()
    await pay(sessionId, { payment_method: 'bank_debit' })
    const pending = await returnPage()
    expect(heading(pending)).toBe('Your payment is on its way')
    expect(mainOf(pending)).toMatch(/bank account/)
    await settleDebit(sessionId, 'failed')
    const failed = await returnPage()
    expect(heading(failed)).toBe('The payment did not go through')
    expect(mainOf(failed)).toMatch(NOTHING_CHARGED)
  })

  test('to a payment page that expired says that nothing was charged through it', async () => {
    const { sessionId, returnPage } = await startBuying()
    await expire(sessionId)
    for (const page of [await returnPage(), await returnPage()]) {
      expect(heading(page)).toBe('The payment page has expired')
      expect(mainOf(page)).toMatch(NOTHING_CHARGED)
    }
  })

  test.each(['open', 'expired'])(
    'of a checkout that is stored as %s says nothing about money while a rate limit keeps it from asking Stripe',
    async (stored) => {
      const { id, sessionId, returnPage } = await startBuying({
        RATE_LIMITS: 'on',
        BURST_120: { limit: async () => ({ success: false }) },
      })
      await pay(sessionId)
      if (stored === 'expired') await db`SELECT release_checkout(${id}, 'expired', now(), NULL, NULL)`
      const page = await returnPage()
      expectPage(page)
      expect(heading(page)).toBe('We could not check your payment yet')
      expect(mainOf(page)).toContain('>Check again</a>')
      expect(mainOf(page)).not.toMatch(NOTHING_CHARGED)
    },
  )
})

describe('the page of an order', () => {
  test('opens by the link of the email in any browser, with lines, totals, addresses and country', async () => {
    const sku = await createSku({ title: 'Teapot & Cosy', amount: 2_000 })
    const { client } = await createBuyer({ sku, quantity: 2 })
    const { identifier } = await buy(client)
    const [row] = await db`SELECT e.id, e.to_address FROM email_outbox e JOIN orders o ON o.id = e.order_id
      WHERE o.identifier = ${identifier}`
    await deliverEmail(row!.id)
    const confirmation = async () =>
      (await emailsTo(row!.to_address)).find(({ subject }) => subject.includes(identifier))?.text
    await expect.poll(confirmation).toContain('View your order')
    const text = (await confirmation()) ?? ''
    const link = new URL(/View your order: (\S+)/.exec(text)![1]!)
    const page = await createClient(HERE).get(`${link.pathname}${link.search}`)
    expectPage(page)
    for (const part of ['Teapot &amp; Cosy', '2 × $20.00', '$40.00', 'United States', 'Accepted', row!.to_address]) {
      expect(page.text).toContain(part)
    }
    expect(page.headers.get('Referrer-Policy')).toBe('strict-origin')
    link.searchParams.set('token', 'x')
    expectPage(await createClient(HERE).get(`${link.pathname}${link.search}`), 404)
  })
})

describe('with a storefront of its own', () => {
  test('the addresses lead on to it, with all that they carry, and forms are not taken', async () => {
    const client = createClient()
    for (const path of [
      '/',
      '/cart',
      '/verify-email?token=a%2Bb&em_cd=x',
      '/orders/ORD-1?token=y',
      '/checkout/cs_test_1',
    ]) {
      const { status, headers } = await client.get(path)
      expect({ status, location: headers.get('Location') }).toEqual({
        status: 302,
        location: `http://storefront.test${path}`,
      })
    }
    const form = await client.call('POST', '/verify-email', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'http://shop.test' },
      body: 'token=x',
    })
    expect(form.status).toBe(404)
    expect((await createProgram().get('/orders/x/y')).json.code).toBe('not-found')
  })

  test('the front page of a shop that has none says so and names the documentation', async () => {
    const page = await createClient(HERE).get('/')
    expectPage(page)
    expect(page.text).toContain('href="/docs"')
    expect(page.text).toContain(shop!.legal_name)
  })
})

test('tax stands before the total where it comes on top, and after it where prices contain it', async () => {
  const usd = (amount: number) => ({ amount, currency: 'usd' })
  const totals = { item_subtotal: usd(900), item_discount: usd(0), shipping: usd(0), shipping_discount: usd(0) }
  const rowsOf = async (tax: number, taxIncluded: boolean) =>
    [
      ...(await totalsMarkup({ ...totals, tax: usd(tax), total: usd(999), tax_included: taxIncluded }, undefined))
        .toString()
        .matchAll(/<th scope="row">(.*?)<\/th>/g),
    ].map(([, what]) => what)
  expect(await rowsOf(99, false)).toEqual(['Items', 'Shipping', 'Tax', 'Total'])
  expect(await rowsOf(99, true)).toEqual(['Items', 'Shipping', 'Total', 'Tax included'])
  expect(await rowsOf(0, true)).toEqual(['Items', 'Shipping', 'Total'])
  expect(await rowsOf(0, false)).toEqual(['Items', 'Shipping', 'Total'])
})
