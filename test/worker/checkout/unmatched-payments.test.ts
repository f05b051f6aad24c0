import { describe, expect, test } from 'vitest'
import { idOf } from '../../../src/payments/stripe/values.ts'
import { toldOf } from '../support/alerts.ts'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { expectProblem } from '../support/client.ts'
import { tick } from '../support/cron.ts'
import { createSku, db, stockOf } from '../support/shop.ts'
import {
  deliver,
  expire,
  failRefund,
  openPaymentLink,
  pay,
  sessionEvent,
  settleDebit,
  stripe,
} from '../support/stripe.ts'

const DAY_MS = 86_400_000

async function openCheckout() {
  const sku = await createSku()
  const { client } = await createBuyer({ sku })
  const checkout = await checkOut(client)
  const { amount_total: total } = await stripe.checkout.sessions.retrieve(checkout.session_id)
  return { client, sku, ...checkout, total: total ?? 0 }
}

/** Before its session's id is stored, a checkout knows its own only by what the session carries. */
const forgetSession = (checkoutId: string) =>
  db`UPDATE checkouts SET stripe_session_id = NULL, stripe_session_url = NULL WHERE id = ${checkoutId}`

const unmatched = async (sessionId: string) =>
  db`SELECT reason, amount::int AS amount, currency, checkout_id, stripe_payment_intent_id AS intent,
      resolved_at IS NOT NULL AS resolved, resolved_by, (SELECT identifier FROM orders o WHERE o.id = u.order_id) AS order
    FROM unmatched_payments u WHERE stripe_session_id = ${sessionId}`

const alerts = (sessionId: string) => toldOf('object_id', sessionId)

const statusOf = async (checkoutId: string) =>
  (await db`SELECT status FROM checkouts WHERE id = ${checkoutId}`)[0]!.status

const orderOf = async (checkoutId: string) =>
  (
    await db`SELECT o.identifier, o.payment_state, p.stripe_session_id FROM orders o JOIN order_payments p ON p.order_id = o.id
    WHERE o.checkout_id = ${checkoutId}`
  )[0]

/** A session of the same Stripe account that was not made by the checkout, and names it. */
const FOREIGN = {
  'a payment link': (checkoutId: string, amount: number) => openPaymentLink(amount, checkoutId),
  "a session of another system that took over the checkout's id": (checkoutId: string, amount: number) =>
    stripe.checkout.sessions.create({
      mode: 'payment',
      client_reference_id: checkoutId,
      metadata: { checkout_id: checkoutId },
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: amount, product_data: { name: 'X' } } }],
      success_url: 'http://elsewhere.test/',
    }),
}

describe.each(Object.entries(FOREIGN))('%s with the right total', (_, open) => {
  test.each(['stored', 'not stored yet'])(
    "does not complete the checkout, whose own page completes it afterwards (its session's id is %s)",
    async (known) => {
      const { client, checkout_id, session_id, total } = await openCheckout()
      if (known !== 'stored') await forgetSession(checkout_id)
      const foreign = await open(checkout_id, total)
      await pay(foreign.id)
      for (let time = 0; time < 2; time++) {
        const answer = await deliverCompleted(foreign)
        expect(answer.status).toBe(200)
        expect(answer.json).toEqual({ received: true, outcome: 'failed', code: 'payment-unmatched' })
      }
      expect(await statusOf(checkout_id)).toBe('open')
      const paid = await stripe.checkout.sessions.retrieve(foreign.id)
      expect(await unmatched(foreign.id)).toEqual([
        {
          reason: 'foreign-session',
          amount: total,
          currency: 'usd',
          checkout_id,
          intent: idOf(paid.payment_intent),
          resolved: false,
          resolved_by: null,
          order: null,
        },
      ])
      expect(await alerts(foreign.id)).toHaveLength(1)
      expectProblem(await client.get(`/v1/checkout/${foreign.id}`), 404, 'not-found')

      await pay(session_id)
      expect((await deliverCompleted({ id: session_id })).json).toMatchObject({ outcome: 'processed' })
      expect(await orderOf(checkout_id)).toMatchObject({ stripe_session_id: session_id })
      expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'complete' })
    },
  )
})

describe('a session that only names a checkout', () => {
  test('neither releases nor holds it while its own is not known yet', async () => {
    const { checkout_id, sku, total } = await openCheckout()
    await forgetSession(checkout_id)
    const [expired, debit] = [await openPaymentLink(total, checkout_id), await openPaymentLink(total, checkout_id)]
    await expire(expired.id)
    await deliver(sessionEvent('checkout.session.expired', expired))
    await pay(debit.id, { payment_method: 'bank_debit' })
    await deliverCompleted(debit)
    await settleDebit(debit.id, 'failed')
    await deliver(sessionEvent('checkout.session.async_payment_failed', debit))
    expect(await statusOf(checkout_id)).toBe('open')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })

  test('is a second payment once the checkout has its order, told again by an event that came before', async () => {
    const { checkout_id, session_id, total } = await openCheckout()
    const foreign = await openPaymentLink(total, checkout_id)
    const event = sessionEvent('checkout.session.completed', foreign)
    await pay(foreign.id, { payment_method: 'bank_debit' })
    expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
    await pay(session_id)
    const { order_identifier: identifier } = (await deliverCompleted({ id: session_id })).json
    await settleDebit(foreign.id, 'succeeded')
    expect((await deliver(event)).json).toEqual({ received: true, outcome: 'failed', code: 'payment-unmatched' })
    expect(await unmatched(foreign.id)).toMatchObject([{ reason: 'second-payment', order: identifier }])
    expect((await alerts(foreign.id))[0]!.variables).toMatchObject({ reason: 'second-payment', order: identifier })
  })

  test('does not revive a checkout that expired long ago', async () => {
    const { checkout_id, session_id, total, sku } = await openCheckout()
    await expire(session_id)
    await deliver(sessionEvent('checkout.session.expired', { id: session_id }))
    const then = new Date(Date.now() - 90 * DAY_MS).toISOString()
    await db`UPDATE checkouts SET created_at = ${then}, expires_at = ${then} WHERE id = ${checkout_id}`
    const foreign = await openPaymentLink(total, checkout_id)
    await pay(foreign.id)
    expect((await deliverCompleted(foreign)).json).toMatchObject({ code: 'payment-unmatched' })
    expect(await statusOf(checkout_id)).toBe('expired')
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
  })

  test('is found by the sweep when no webhook tells of its payment, once', async () => {
    const { checkout_id, total } = await openCheckout()
    const foreign = await openPaymentLink(total, checkout_id)
    await pay(foreign.id)
    await tick()
    await tick()
    expect(await unmatched(foreign.id)).toMatchObject([{ reason: 'foreign-session' }])
    expect(await alerts(foreign.id)).toHaveLength(1)
    expect(await statusOf(checkout_id)).toBe('open')
  })

  test('leaves nothing behind when nothing was charged', async () => {
    const { checkout_id } = await openCheckout()
    const foreign = await openPaymentLink(0, checkout_id)
    await pay(foreign.id)
    expect((await deliverCompleted(foreign)).json).toMatchObject({ received: true })
    expect(await unmatched(foreign.id)).toEqual([])
  })
})

describe('two sessions at once that claim one checkout', () => {
  test('make one order, of its own session, and one unmatched payment', async () => {
    const { checkout_id, session_id, total } = await openCheckout()
    await forgetSession(checkout_id)
    const foreign = await openPaymentLink(total, checkout_id)
    await Promise.all([pay(foreign.id), pay(session_id)])
    const both = [foreign, { id: session_id }]
    const answers = await Promise.all([...both, ...both, ...both].map((session) => deliverCompleted(session)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from(answers, () => 200))
    expect(await orderOf(checkout_id)).toMatchObject({ stripe_session_id: session_id })
    expect(await unmatched(foreign.id)).toHaveLength(1)
    expect(await alerts(foreign.id)).toHaveLength(1)
  })
})

describe("the checkout's own session, paid at another total than the one that was shown", () => {
  const raise = (checkoutId: string, by: number) =>
    db`UPDATE checkouts SET item_subtotal_amount = item_subtotal_amount + ${by}, total_amount = total_amount + ${by}
      WHERE id = ${checkoutId}`

  const sweepAgain = async (checkoutId: string) => {
    await db`UPDATE checkouts SET next_sweep_at = now() - interval '1 second' WHERE id = ${checkoutId}`
    await tick()
  }

  async function paidWrong(by: number) {
    const checkout = await openCheckout()
    await pay(checkout.session_id)
    await raise(checkout.checkout_id, by)
    const answer = await deliverCompleted({ id: checkout.session_id })
    return { ...checkout, answer }
  }

  test.each([
    ['too much', -1],
    ['too little', 1],
  ])('%s: makes no order, is told once, and keeps its goods until an operator decides', async (_, by) => {
    const { client, checkout_id, session_id, sku, total, answer } = await paidWrong(by)
    expect(answer.json).toEqual({ received: true, outcome: 'failed', code: 'payment-unmatched' })
    expect(await orderOf(checkout_id)).toBeUndefined()
    await sweepAgain(checkout_id)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'processing', payment: 'received' })
    expect(await unmatched(session_id)).toMatchObject([{ reason: 'amount-mismatch', amount: total, resolved: false }])
    expect(await alerts(session_id)).toHaveLength(1)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 1 })
  })

  test('gives them back once all of it was refunded', async () => {
    const { client, checkout_id, session_id, sku } = await paidWrong(1)
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session_id)
    for (const amount of [100, undefined]) {
      const refund = await stripe.refunds.create({ payment_intent: idOf(intent) ?? '', ...(amount && { amount }) })
      await deliver({ ...sessionEvent('refund.created', refund), data: { object: { id: refund.id } } })
      expect(await unmatched(session_id)).toMatchObject([{ resolved: amount === undefined }])
    }
    await sweepAgain(checkout_id)
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 100, reserved: 0 })
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'failed', payment: 'closed' })
  })

  test('becomes an order, and is resolved by it, once the operator has made it fit', async () => {
    const { checkout_id, session_id } = await paidWrong(1)
    await raise(checkout_id, -1)
    await sweepAgain(checkout_id)
    const order = await orderOf(checkout_id)
    expect(await unmatched(session_id)).toMatchObject([
      { resolved: true, resolved_by: 'order placed', order: order!.identifier },
    ])
  })

  test('in another currency is refused too', async () => {
    const { checkout_id, session_id } = await openCheckout()
    await pay(session_id)
    await db`UPDATE checkouts SET currency = 'eur' WHERE id = ${checkout_id}`
    expect((await deliverCompleted({ id: session_id })).json).toMatchObject({ code: 'payment-unmatched' })
    expect(await unmatched(session_id)).toMatchObject([{ reason: 'currency-mismatch' }])
  })
})

/** Told of a refund, by an event of its own. */
const tellOfRefund = (type: string, id: string) => deliver({ ...sessionEvent(type, { id }), data: { object: { id } } })

async function refundAll(sessionId: string): Promise<string> {
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(sessionId)
  return (await stripe.refunds.create({ payment_intent: idOf(intent) ?? '' })).id
}

describe('a refund of an unmatched payment that fails later', () => {
  test('opens the payment again, and tells the operators once', async () => {
    const link = await openPaymentLink(1_000)
    await pay(link.id)
    await deliverCompleted(link)
    const id = await refundAll(link.id)
    await tellOfRefund('refund.created', id)
    expect(await unmatched(link.id)).toMatchObject([{ resolved: true, resolved_by: 'refund' }])
    await failRefund(id)
    await Promise.all(['refund.failed', 'refund.updated'].map((type) => tellOfRefund(type, id)))
    expect(await unmatched(link.id)).toMatchObject([{ resolved: false, resolved_by: null }])
    const told = (await alerts(link.id)).map(({ variables }) => variables.code)
    expect(told).toHaveLength(2)
    expect(told).toEqual(expect.arrayContaining(['no-cart-id', 'refund-failed']))
  })

  test('leaves one alone that an operator resolved', async () => {
    const link = await openPaymentLink(1_000)
    await pay(link.id)
    await deliverCompleted(link)
    const id = await refundAll(link.id)
    await db`UPDATE unmatched_payments SET resolved_at = now(), resolved_by = 'jane' WHERE stripe_session_id = ${link.id}`
    await failRefund(id)
    await tellOfRefund('refund.failed', id)
    expect(await unmatched(link.id)).toMatchObject([{ resolved: true, resolved_by: 'jane' }])
  })
})

describe('a checkout that was released, is paid all the same, and has no stock left', () => {
  async function paidTooLate() {
    const checkout = await openCheckout()
    await pay(checkout.session_id)
    await db`SELECT release_checkout(${checkout.checkout_id}, 'expired', now(), NULL, NULL)`
    await db`UPDATE skus SET on_hand = 0 WHERE id = ${checkout.sku.skuId}`
    return checkout
  }

  test('is an unmatched payment, told once, and becomes an order once there is stock', async () => {
    const { client, checkout_id, session_id, sku, total } = await paidTooLate()
    const event = sessionEvent('checkout.session.completed', { id: session_id })
    for (let time = 0; time < 2; time++)
      expect((await deliver(event)).json).toEqual({ received: true, outcome: 'failed', code: 'payment-unmatched' })
    await tick()
    expect(await alerts(session_id)).toMatchObject([{ variables: { reason: 'out-of-stock' } }])
    expect(await unmatched(session_id)).toMatchObject([{ reason: 'out-of-stock', amount: total, resolved: false }])
    expect(await orderOf(checkout_id)).toBeUndefined()
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'processing', payment: 'received' })
    expect(await statusOf(checkout_id)).toBe('expired')

    await db`UPDATE skus SET on_hand = 1 WHERE id = ${sku.skuId}`
    expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
    expect(await unmatched(session_id)).toMatchObject([{ resolved: true, resolved_by: 'order placed' }])
    expect(await stockOf(sku.skuId)).toEqual({ on_hand: 0, reserved: 0 })
  })

  test('becomes an order by its return page when no webhook comes', async () => {
    const { client, session_id, sku } = await paidTooLate()
    await db`UPDATE skus SET on_hand = 1 WHERE id = ${sku.skuId}`
    const answer = (await client.get(`/v1/checkout/${session_id}`)).json
    expect(answer).toEqual({ status: 'complete', order_identifier: expect.stringMatching(/^ORD-/) })
  })

  test.each(['refunded', 'resolved by hand'])('makes no order any more once it is %s', async (how) => {
    const { client, checkout_id, session_id, sku } = await paidTooLate()
    await deliverCompleted({ id: session_id })
    if (how === 'refunded') await tellOfRefund('refund.created', await refundAll(session_id))
    else
      await db`UPDATE unmatched_payments SET resolved_at = now(), resolved_by = 'jane' WHERE stripe_session_id = ${session_id}`
    await db`UPDATE skus SET on_hand = 1 WHERE id = ${sku.skuId}`
    expect((await deliverCompleted({ id: session_id })).json).toMatchObject({ code: 'payment-unmatched' })
    expect(await orderOf(checkout_id)).toBeUndefined()
    expect(await alerts(session_id)).toHaveLength(1)
    expect((await client.get(`/v1/checkout/${session_id}`)).json).toEqual({ status: 'failed', payment: 'closed' })
  })
})

describe('a payment that was given back before its order was written', () => {
  test.each(['checkout.session.completed', 'refund.created'])(
    'makes the order all the same, which says so (%s comes first)',
    async (first) => {
      const { client, checkout_id, session_id, sku } = await openCheckout()
      await pay(session_id)
      const refund = await refundAll(session_id)
      const tell = [() => deliverCompleted({ id: session_id }), () => tellOfRefund('refund.created', refund)]
      for (const each of first === 'refund.created' ? tell.toReversed() : tell) expect((await each()).status).toBe(200)
      expect(await orderOf(checkout_id)).toMatchObject({ stripe_session_id: session_id, payment_state: 'refunded' })
      expect(await unmatched(session_id)).toEqual([])
      expect(await stockOf(sku.skuId)).toEqual({ on_hand: 99, reserved: 0 })
      expect((await client.get(`/v1/checkout/${session_id}`)).json).toMatchObject({ status: 'complete' })
    },
  )

  test('changes nothing about an order that is there', async () => {
    const { checkout_id, session_id } = await openCheckout()
    await pay(session_id)
    await deliverCompleted({ id: session_id })
    await tellOfRefund('refund.created', await refundAll(session_id))
    expect((await deliverCompleted({ id: session_id })).json).toMatchObject({ outcome: 'processed' })
    expect(await unmatched(session_id)).toEqual([])
    expect(await orderOf(checkout_id)).toMatchObject({ stripe_session_id: session_id })
  })
})
