import { expect, test } from 'vitest'
import { openShop } from './support/shop.ts'
import { Browser } from '../../../dev/browser.ts'

const shop = await openShop()

/** The first SKU on the first page that can be bought in this quantity, as a customer would find it. */
async function browse(visitor: Browser, quantity: number): Promise<{ slug: string; title: string; skuId: string }> {
  const { items } = await visitor.ask('GET', '/v1/products?limit=50')
  for (const { slug, title } of items) {
    const product = await visitor.ask('GET', `/v1/products/${slug}`)
    const sku = product.skus.find(
      (each: { inventory_state: string; available_quantity: number | null }) =>
        each.inventory_state === 'in_stock' && (each.available_quantity ?? 0) >= quantity,
    )
    if (sku !== undefined) return { slug, title, skuId: sku.id }
  }
  throw new Error('the shop has nothing to sell')
}

test('a guest browses, fills a cart, pays, and has one order and one confirmation with a link to it', async () => {
  const email = 'maria.quintana@example.com'
  const visitor = await Browser.arrive(shop.urls.api)
  const { title, skuId } = await browse(visitor, 2)
  await visitor.addToCart(skuId, 2)
  await visitor.ask('POST', '/v1/cart/discount-codes', { code: 'welcome10' })
  const { items: methods } = await visitor.ask('GET', '/v1/shipping-methods')
  const method = methods.at(-1)
  const cart = await visitor.ask('PUT', '/v1/cart/shipping-method', { shipping_method_id: method.id })
  expect(cart.totals.item_discount.amount).toBeGreaterThan(0)
  expect(cart.totals.shipping).toEqual(method.price)
  const before = await shop.stockOf(skuId)

  const checkout = await visitor.checkOut({ email, expected_total: cart.totals.total })
  expect(await visitor.checkoutResult(checkout.session_id)).toMatchObject({ status: 'open', url: checkout.url })
  expect(await shop.pay(checkout.session_id, { card: '4242424242424242', name: 'María Quintana' })).toBe(200)
  const identifier = await shop.orderOf(checkout.checkout_id)

  expect(await visitor.checkoutResult(checkout.session_id)).toEqual({
    status: 'complete',
    order_identifier: identifier,
  })
  await expect.poll(async () => (await visitor.ask('GET', '/v1/cart')).items).toEqual([])
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: Number(before?.on_hand) - 2, reserved: 0 })

  const confirmation = await theOneEmailTo(email)
  expect(confirmation.subject).toContain(identifier)
  const link = /https?:\/\/\S+\/orders\/\S+/.exec(confirmation.text)?.[0] ?? 'no link in the text part'
  expect(confirmation.html).toContain(title)
  expect(confirmation.html).toContain(link.replaceAll('&', '&amp;'))
  const followed = await fetch(link)
  expect(followed.status).toBe(200)
  expect(await followed.text()).toContain(title)
  expect(await (await fetch(link.replace('/orders/', '/v1/orders/'))).json()).toMatchObject({
    identifier,
    email,
    customer_name: 'María Quintana',
    items: [{ sku_id: skuId, quantity: 2 }],
    totals: cart.totals,
  })
  expect((await fetch(link.replace(/\?.*/, ''))).status).toBe(404)
  expect((await new Browser(shop.urls.api).call('GET', `/v1/checkout/${checkout.session_id}`)).status).toBe(404)
  expect(shop.workerLog.join('\n')).toContain(identifier)
  expect(shop.workerLog.join('\n')).not.toContain(email)
  await shop.assertInvariants()
})

test('a declined card leaves the payment page open, and a good one then pays it', async () => {
  const skuId = await shop.createSku({ onHand: 3 })
  const visitor = await Browser.arrive(shop.urls.api)
  await visitor.addToCart(skuId)
  const checkout = await visitor.checkOut({ email: 'declined@example.com' })
  expect(await shop.pay(checkout.session_id, { card: '4000000000000002' })).toBe(402)
  expect(await visitor.checkoutResult(checkout.session_id)).toMatchObject({ status: 'open', url: checkout.url })
  expect(await visitor.checkOut({ email: 'declined@example.com' })).toEqual(checkout)
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 3, reserved: 1 })

  expect(await shop.pay(checkout.session_id)).toBe(200)
  const identifier = await shop.orderOf(checkout.checkout_id)
  expect((await theOneEmailTo('declined@example.com')).subject).toContain(identifier)
  await shop.assertInvariants()
})

test('a bank debit keeps the stock while it settles, then becomes the order', async () => {
  const skuId = await shop.createSku({ onHand: 3 })
  const visitor = await Browser.arrive(shop.urls.api)
  await visitor.addToCart(skuId, 2)
  const checkout = await visitor.checkOut({ email: 'debit@example.com' })
  expect(await shop.pay(checkout.session_id, { payment_method: 'bank_debit' })).toBe(200)
  await expect.poll(() => visitor.checkoutResult(checkout.session_id)).toEqual({ status: 'processing' })
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 3, reserved: 2 })
  await expect.poll(async () => (await visitor.ask('GET', '/v1/cart')).items).toEqual([])
  await shop.assertInvariants()

  await shop.settle(checkout.session_id, 'succeeded')
  const identifier = await shop.orderOf(checkout.checkout_id)
  expect(await visitor.checkoutResult(checkout.session_id)).toMatchObject({ status: 'complete' })
  expect((await theOneEmailTo('debit@example.com')).subject).toContain(identifier)
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 1, reserved: 0 })
  await shop.assertInvariants()
})

test('a bank debit that fails gives the stock back and tells the customer', async () => {
  const skuId = await shop.createSku({ onHand: 3 })
  const visitor = await Browser.arrive(shop.urls.api)
  await visitor.addToCart(skuId, 2)
  const checkout = await visitor.checkOut({ email: 'failed-debit@example.com' })
  await shop.pay(checkout.session_id, { payment_method: 'bank_debit' })
  await expect.poll(() => visitor.checkoutResult(checkout.session_id)).toEqual({ status: 'processing' })

  await shop.settle(checkout.session_id, 'failed')
  await expect.poll(() => shop.stockOf(skuId)).toEqual({ on_hand: 3, reserved: 0 })
  expect(await visitor.checkoutResult(checkout.session_id)).toEqual({ status: 'failed' })
  const { text, html } = await theOneEmailTo('failed-debit@example.com')
  expect(text).toContain('/cart')
  expect(html).toContain('/cart')
  expect(
    await shop.rows('SELECT em_cd, status FROM email_outbox WHERE to_address = $1', ['failed-debit@example.com']),
  ).toEqual([{ em_cd: 'payment_failed', status: 'sent' }])
  await shop.assertInvariants()
})

test('an order without anything to pay for shipping and a customer in another country arrive as they were bought', async () => {
  const skuId = await shop.createSku()
  const visitor = await Browser.arrive(shop.urls.api)
  await visitor.addToCart(skuId, 3)
  const cart = await visitor.ask('POST', '/v1/cart/discount-codes', { code: 'FREESHIP' })
  expect(cart.totals.total.amount).toBe(3_000)
  const checkout = await visitor.checkOut()
  const address = { line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', state: null, country: 'ES' }
  await shop.pay(checkout.session_id, { email: 'ines@example.com', name: 'Inés Peña', shipping: { address } })
  const identifier = await shop.orderOf(checkout.checkout_id)
  const order = await visitor.ask('GET', `/v1/orders/${identifier}`)
  expect(order).toMatchObject({
    email: 'ines@example.com',
    totals: { total: { amount: 3_000 } },
    shipping_address: { name: 'Inés Peña', line1: 'Calle Mayor 1', city: 'Madrid', country: 'ES' },
    payment: { amount: { amount: 3_000 }, method: 'card' },
    discounts: [{ code: 'FREESHIP' }],
  })
  expect((await theOneEmailTo('ines@example.com')).html).toContain('Calle Mayor 1')
  await shop.assertInvariants()
})

test.each([
  ['I1', 'UPDATE order_payments SET stripe_session_id = $1 WHERE order_id = (SELECT min(id::text)::uuid FROM orders)'],
  ['I2', 'DELETE FROM order_billing_addresses WHERE phone IS DISTINCT FROM $1'],
  [
    'I3',
    'UPDATE checkout_items SET quantity = quantity + 1, line_total_amount = line_total_amount + unit_amount WHERE title <> $1',
  ],
  [
    'I4',
    'UPDATE skus SET reserved = reserved + 1 WHERE code = (SELECT max(code) FROM skus WHERE on_hand > 1 AND code <> $1)',
  ],
  ['I5', "UPDATE email_outbox SET status = 'failed' WHERE order_id IS NOT NULL AND to_address <> $1"],
  ['I6', "UPDATE webhook_events SET outcome = 'failed' WHERE id <> $1"],
])('damage to %s would be noticed', async (invariant, damage) => {
  await shop.rows(damage, ['cs_test_unknown'])
  await expect(shop.assertInvariants()).rejects.toThrow(new RegExp(`${invariant}[ :]`))
})

/** Waits until the outbox has nothing left to do, so that a second copy would have come, and answers the only email. */
async function theOneEmailTo(address: string) {
  await expect
    .poll(() => shop.rows("SELECT 1 FROM email_outbox WHERE to_address = $1 AND status <> 'sent'", [address]))
    .toEqual([])
  const [email, ...more] = await shop.emailsTo(address)
  if (email === undefined) throw new Error(`there is no email to ${address}`)
  expect(more).toEqual([])
  expect(email.text).not.toBe('')
  expect(email.html).toMatch(/<html|<body|<table/)
  return email
}
