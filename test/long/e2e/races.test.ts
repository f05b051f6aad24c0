import { expect, test } from 'vitest'
import { openShop } from './support/shop.ts'
import { Browser } from '../../../dev/browser.ts'
import type { StartedCheckout } from '../../../dev/browser.ts'

const shop = await openShop({ RATE_LIMITS: 'off' })

const times = <T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)))

test('of forty buyers at once for ten units, ten get an order and thirty are told so', async () => {
  const skuId = await shop.createSku({ onHand: 10 })
  const visitors = await times(40, async () => {
    const visitor = await Browser.arrive(shop.urls.api)
    await visitor.addToCart(skuId)
    return visitor
  })
  const answers = await Promise.all(
    visitors.map((visitor, at) =>
      visitor.call('POST', '/v1/checkout', {
        json: { agreed_with_terms_of_sale: true, email: `racer-${at}@example.com` },
      }),
    ),
  )
  const lucky = answers.filter(({ status }) => status === 201).map(({ json }): StartedCheckout => json)
  const others = answers.filter(({ status }) => status !== 201)
  expect(lucky).toHaveLength(10)
  for (const { status, json } of others) {
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'insufficient-stock' })
    expect(json.skus).toMatchObject([{ sku_id: skuId, available_quantity: 0 }])
  }
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 10, reserved: 10 })

  await Promise.all(lucky.map(({ session_id }) => shop.pay(session_id)))
  const identifiers = await Promise.all(lucky.map(({ checkout_id }) => shop.orderOf(checkout_id)))
  expect(new Set(identifiers).size).toBe(10)
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 0, reserved: 0 })
  await expect
    .poll(() => shop.rows('SELECT status, count(*)::int FROM email_outbox GROUP BY status'))
    .toEqual([{ status: 'sent', count: 10 }])
  for (const address of answers.flatMap(({ status }, at) => (status === 201 ? [`racer-${at}@example.com`] : []))) {
    expect(await shop.emailsTo(address)).toHaveLength(1)
  }
  await shop.assertInvariants()
})

test('forty additions to one cart at once all count', async () => {
  const first = await shop.createSku()
  const second = await shop.createSku()
  const visitor = await Browser.arrive(shop.urls.api)
  await times(40, (at) => visitor.addToCart(at % 2 === 0 ? first : second, 1 + (at % 3)))
  const { items, version } = await visitor.ask('GET', '/v1/cart')
  const units = (skuId: string) => items.find((item: { sku_id: string }) => item.sku_id === skuId).quantity
  const expected = (rest: number) =>
    Array.from({ length: 40 }, (_, at) => (at % 2 === rest ? 1 + (at % 3) : 0)).reduce((sum, each) => sum + each, 0)
  expect([units(first), units(second)]).toEqual([expected(0), expected(1)])
  expect(version).toBeGreaterThanOrEqual(40)
})

test('eight clicks on "buy" at once open one payment page, and paying it makes one order', async () => {
  const skuId = await shop.createSku({ onHand: 9 })
  const visitor = await Browser.arrive(shop.urls.api)
  await visitor.addToCart(skuId, 3)
  const clicks = await times(8, () => visitor.checkOut({ email: 'clicker@example.com' }))
  const answers = new Set(clicks.map(({ session_id, checkout_id }) => `${session_id} ${checkout_id}`))
  expect(answers.size).toBe(1)
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 9, reserved: 3 })

  const [session_id = '', checkout_id = ''] = [...answers].join(' ').split(' ')
  const [, ...polls] = await Promise.all([
    shop.pay(session_id),
    ...Array.from({ length: 30 }, () => visitor.checkoutResult(session_id)),
    shop.tick(),
    shop.tick(),
  ])
  expect(polls).toHaveLength(32)
  const identifier = await shop.orderOf(checkout_id)
  expect(await visitor.checkoutResult(session_id)).toEqual({ status: 'complete', order_identifier: identifier })
  await expect.poll(async () => (await shop.emailsTo('clicker@example.com')).length).toBe(1)
  await shop.assertInvariants()
})

test('five payments told eight times each, asked for and swept at once, leave one order each', async () => {
  const skuId = await shop.createSku({ onHand: 5 })
  const buyers = await times(5, async (at) => {
    const visitor = await Browser.arrive(shop.urls.api)
    await visitor.addToCart(skuId)
    return { visitor, checkout: await visitor.checkOut({ email: `last-${at}@example.com` }) }
  })
  await shop.webhooks('hold')
  await Promise.all(buyers.map(({ checkout }) => shop.pay(checkout.session_id)))
  const events = (await shop.events()).filter(
    ({ type, attempts }) => type === 'checkout.session.completed' && attempts.length === 0,
  )
  expect(events).toHaveLength(5)
  const [results] = await Promise.all([
    Promise.all(buyers.map(({ visitor, checkout }) => visitor.checkoutResult(checkout.session_id))),
    shop.tick(),
    ...events.map(({ id }) => shop.redeliver(id, { times: 8, parallel: true })),
  ])
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['complete']))
  expect(new Set(results.map(({ order_identifier }) => order_identifier)).size).toBe(5)
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 0, reserved: 0 })
  await shop.webhooks('deliver')
  await shop.assertInvariants()
})
