import { afterEach, describe, expect, test } from 'vitest'
import { openShop } from './support/shop.ts'
import { type StartedCheckout, Browser } from '../../../dev/browser.ts'

// Short patience, so that what never answers does not keep the tests waiting.
const shop = await openShop({ RATE_LIMITS: 'off', STRIPE_TIMEOUT_MS: '1000', SMTP_TIMEOUT_MS: '1000' })

/** More than the Worker tries by itself within one request. */
const ONE_REQUEST = 4

let buyers = 0

interface Purchase {
  visitor: Browser
  email: string
  skuId: string
  checkout: StartedCheckout
}

/** A buyer of two units on the payment page, with an address of their own. */
async function startPurchase(): Promise<Purchase> {
  const email = `buyer-${++buyers}@example.com`
  const skuId = await shop.createSku({ onHand: 10 })
  const visitor = await Browser.arrive(shop.urls.api)
  await visitor.addToCart(skuId, 2)
  return { visitor, email, skuId, checkout: await visitor.checkOut({ email }) }
}

/** The event of this type that Stripe made last. */
async function lastEvent(type: string) {
  const event = (await shop.events()).findLast((each) => each.type === type)
  if (event === undefined) throw new Error(`no ${type} was sent`)
  return event
}

/** The purchase ends as the first promise says: one complete order, seen by the buyer, and one email. */
async function expectBought({ visitor, email, skuId, checkout }: Purchase): Promise<string> {
  const identifier = await shop.orderOf(checkout.checkout_id)
  expect(await visitor.checkoutResult(checkout.session_id)).toEqual({
    status: 'complete',
    order_identifier: identifier,
  })
  expect(await shop.stockOf(skuId)).toEqual({ on_hand: 8, reserved: 0 })
  await expectOneEmail(email, identifier)
  await shop.assertInvariants()
  return identifier
}

async function expectOneEmail(address: string, identifier: string): Promise<void> {
  await expect.poll(() => outboxOf(address)).toMatchObject([{ status: 'sent' }])
  const received = await shop.emailsTo(address)
  expect(received.map(({ subject }) => subject)).toEqual([expect.stringContaining(identifier)])
}

const outboxOf = (address: string) =>
  shop.rows<{ status: string; attempts: number }>('SELECT status, attempts FROM email_outbox WHERE to_address = $1', [
    address,
  ])

afterEach(async () => {
  await shop.clearFaults()
  await shop.webhooks('deliver')
})

describe('webhooks', () => {
  test('are dropped: the next minute places the order', async () => {
    const purchase = await startPurchase()
    await shop.webhooks('drop')
    await shop.pay(purchase.checkout.session_id)
    expect(await shop.rows('SELECT 1 FROM orders WHERE checkout_id = $1', [purchase.checkout.checkout_id])).toEqual([])
    await shop.tick()
    await expectBought(purchase)
    expect((await lastEvent('checkout.session.completed')).attempts).toEqual([])
  })

  test('come late, long after the return page has placed the order', async () => {
    const purchase = await startPurchase()
    await shop.webhooks('hold')
    await shop.pay(purchase.checkout.session_id)
    expect(await purchase.visitor.checkoutResult(purchase.checkout.session_id)).toMatchObject({ status: 'complete' })
    const identifier = await expectBought(purchase)
    await shop.webhooks('deliver')
    await expect.poll(async () => (await lastEvent('checkout.session.completed')).delivered).toBe(true)
    expect(await expectBought(purchase)).toBe(identifier)
  })

  test('come in reverse order: the settled debit first, its pending payment after', async () => {
    const purchase = await startPurchase()
    await shop.webhooks('hold')
    await shop.pay(purchase.checkout.session_id, { payment_method: 'bank_debit' })
    await shop.settle(purchase.checkout.session_id, 'succeeded')
    const held = (await shop.events()).filter(({ attempts }) => attempts.length === 0).toReversed()
    expect(held.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['checkout.session.async_payment_succeeded', 'checkout.session.completed']),
    )
    for (const { id } of held) {
      expect(await shop.redeliver(id)).toMatchObject([{ status: 200 }])
    }
    await expectBought(purchase)
  })

  test('come twenty times at once: one order, one email', async () => {
    const purchase = await startPurchase()
    await shop.webhooks('hold')
    await shop.pay(purchase.checkout.session_id)
    const { id } = await lastEvent('checkout.session.completed')
    const replies = await shop.redeliver(id, { times: 20, parallel: true })
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    const identifier = await expectBought(purchase)
    for (const { body } of replies) expect(body).toMatchObject({ received: true, order_identifier: identifier })
  })

  test('tell of an expiry after the stock went to another buyer of the same cart', async () => {
    const purchase = await startPurchase()
    await shop.expire(purchase.checkout.session_id)
    await expect.poll(() => shop.stockOf(purchase.skuId)).toEqual({ on_hand: 10, reserved: 0 })
    expect(await purchase.visitor.checkoutResult(purchase.checkout.session_id)).toEqual({ status: 'expired' })
    const again = { ...purchase, checkout: await purchase.visitor.checkOut({ email: purchase.email }) }
    expect(again.checkout.session_id).not.toBe(purchase.checkout.session_id)
    await shop.redeliver((await lastEvent('checkout.session.expired')).id)
    await shop.pay(again.checkout.session_id)
    await expectBought(again)
  })
})

describe('the database', () => {
  test('fails before the order is written: Stripe sends the event again, and the order appears', async () => {
    const purchase = await startPurchase()
    await shop.failDatabase('INSERT INTO orders', 'before', ONE_REQUEST)
    await shop.pay(purchase.checkout.session_id)
    await expectBought(purchase)
    const { attempts } = await lastEvent('checkout.session.completed')
    expect(attempts.map(({ status }) => status)).toEqual([503, 200])
  })

  test('loses every answer after the commit: Stripe sends the event again, and the order is there once', async () => {
    const purchase = await startPurchase()
    await shop.failDatabase('INSERT INTO orders', 'after_commit', ONE_REQUEST)
    await shop.pay(purchase.checkout.session_id)
    await expectBought(purchase)
    await expect.poll(async () => (await lastEvent('checkout.session.completed')).delivered).toBe(true)
  })

  test('is away for longer than anybody tries: the buyer is told to come back, and finds the order', async () => {
    const purchase = await startPurchase()
    await shop.webhooks('drop')
    await shop.pay(purchase.checkout.session_id)
    await shop.failDatabase('INSERT INTO orders', 'before', 2 * ONE_REQUEST)
    const answer = await purchase.visitor.call('GET', `/v1/checkout/${purchase.checkout.session_id}`)
    expect(answer).toMatchObject({ status: 503, json: { code: 'database-unavailable' } })
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    await shop.tick()
    await shop.tick()
    await expectBought(purchase)
  })
})

describe('Stripe, asked for a session,', () => {
  const ends = [
    { when: 'before', status: 500 },
    { when: 'after', status: 500 },
    { when: 'before', status: 'timeout' },
    { when: 'after', status: 'timeout' },
  ] as const

  test.each(ends)('fails once ($status $when it took effect): the buyer does not notice', async (fault) => {
    await shop.failSessionCreation(fault)
    const purchase = await startPurchase()
    expect(await shop.stockOf(purchase.skuId)).toEqual({ on_hand: 10, reserved: 2 })
    await shop.pay(purchase.checkout.session_id)
    await expectBought(purchase)
  })

  test.each(ends)('fails for good ($status $when it took effect): the next click gets a session', async (fault) => {
    const skuId = await shop.createSku({ onHand: 10 })
    const visitor = await Browser.arrive(shop.urls.api)
    const email = `buyer-${++buyers}@example.com`
    await visitor.addToCart(skuId, 2)
    await shop.failSessionCreation(fault)
    // The Worker asks three times in all; what took effect once is only replayed after that.
    await shop.failSessionCreation({ when: 'before', status: fault.status, times: 2 })
    const refused = await visitor.call('POST', '/v1/checkout', { json: { agreed_with_terms_of_sale: true, email } })
    expect(refused).toMatchObject({ status: 502, json: { code: 'stripe-api-error' } })
    const checkout = await visitor.checkOut({ email })
    expect(await shop.stockOf(skuId)).toEqual({ on_hand: 10, reserved: 2 })
    await shop.pay(checkout.session_id)
    await expectBought({ visitor, email, skuId, checkout })
  })
})

describe('the mail server', () => {
  /** Buys with the server in a bad mood, and answers the order once it stands. */
  async function buyDuring(mode: 'reject' | 'temporary' | 'timeout' | 'drop_after_accept') {
    const purchase = await startPurchase()
    await shop.failMail(purchase.email, mode)
    await shop.pay(purchase.checkout.session_id)
    const identifier = await shop.orderOf(purchase.checkout.checkout_id)
    return { ...purchase, identifier }
  }

  const failuresOf = (identifier: string) =>
    shop.rows(
      `SELECT f.type, f.phase, f.is_member, f.customer_email, f.resolved_at FROM order_email_failures f
       JOIN orders o ON o.id = f.order_id WHERE o.identifier = $1`,
      [identifier],
    )

  /** The email is given up and stands among the failures; the buyer's order is as complete as any. */
  async function expectGivenUp(purchase: Purchase & { identifier: string }): Promise<void> {
    const { identifier, email, visitor, checkout } = purchase
    await expect
      .poll(() => failuresOf(identifier))
      .toEqual([{ type: 'smtp', phase: 6, is_member: false, customer_email: email, resolved_at: null }])
    expect(await outboxOf(email)).toMatchObject([{ status: 'failed', attempts: 1 }])
    expect(await visitor.checkoutResult(checkout.session_id)).toMatchObject({ status: 'complete' })
    const line = `[ORDER_EMAIL_FAILURE] phase=6 order=${identifier} customer=${email[0]}***@example.com is_member=false`
    await expect.poll(() => shop.workerLog.filter((each) => each.includes(line))).toHaveLength(1)
    expect(shop.workerLog.join('\n')).not.toContain(email)
    // Neither another message on the queue nor a sweep may try again what might have been accepted.
    await shop.rows("UPDATE email_outbox SET next_sweep_at = now() - interval '1 hour' WHERE to_address = $1", [email])
    await shop.tick()
    await shop.assertInvariants()
  }

  test('refuses the address: the failure stands in the table and in the log', async () => {
    const purchase = await buyDuring('reject')
    await expectGivenUp(purchase)
    expect(await shop.emailsTo(purchase.email)).toEqual([])
  })

  test('asks to come back: the email arrives with the next attempt', async () => {
    const { email, identifier } = await buyDuring('temporary')
    await expectOneEmail(email, identifier)
    expect(await outboxOf(email)).toEqual([{ status: 'sent', attempts: 2 }])
    expect(await failuresOf(identifier)).toEqual([])
    await shop.assertInvariants()
  })

  test('takes the email and never answers: nobody knows, so it is not sent again', async () => {
    const purchase = await buyDuring('timeout')
    await expectGivenUp(purchase)
    expect(await shop.emailsTo(purchase.email)).toEqual([])
  })

  test('takes the email and hangs up: it arrived once, is never sent again, and an operator is asked to look', async () => {
    const purchase = await buyDuring('drop_after_accept')
    await expectGivenUp(purchase)
    expect(await shop.emailsTo(purchase.email)).toHaveLength(1)
  })
})
