import { describe, expect, test } from 'vitest'
import { idOf } from '../../../src/payments/stripe/values.ts'
import { toldOf } from '../support/alerts.ts'
import { signedIn } from '../support/as-member.ts'
import { addToCart, boughtOrder, buy, checkOut, createBuyer } from '../support/buyer.ts'
import type { Client } from '../support/client.ts'
import { tick } from '../support/cron.ts'
import { deliverEmail } from '../support/email.ts'
import { emailsTo } from '../support/mailbox.ts'
import { createSku, db, unique } from '../support/shop.ts'
import {
  closeDispute,
  deliver,
  failRefund,
  moveDispute,
  openDispute,
  openPaymentLink,
  pay,
  sessionEvent,
  stripe,
} from '../support/stripe.ts'

const eventAbout = (type: string, id: string) => ({ ...sessionEvent(type, { id }), data: { object: { id } } })

async function refund(intent: string, amount?: number): Promise<string> {
  const { id } = await stripe.refunds.create({ payment_intent: intent, ...(amount && { amount }) })
  expect((await deliver(eventAbout('refund.created', id))).status).toBe(200)
  return id
}

const stateOf = async (client: Client, identifier: string) =>
  (await client.get(`/v1/orders/${identifier}`)).json.payment_state

const emailsOf = (identifier: string) => db`
  SELECT e.id, e.to_address, e.variables FROM email_outbox e JOIN orders o ON o.id = e.order_id
  WHERE o.identifier = ${identifier} AND e.em_cd = 'refund' ORDER BY e.id`

const alertsAbout = (disputeId: string) => toldOf('object_id', disputeId)

describe('the state of the payment', () => {
  test('follows refunds, in the view and in the list, whatever becomes of the goods', async () => {
    const { client } = await signedIn()
    await addToCart(client, (await createSku()).skuId)
    const { checkout, identifier } = await buy(client)
    const { payment_intent: reference } = await stripe.checkout.sessions.retrieve(checkout.session_id)
    const intent = idOf(reference) ?? ''
    const seen = async () => {
      const [listed] = (await client.get('/v1/orders')).json.items
      expect(listed).toMatchObject({ identifier, status: 'accepted' })
      expect(listed.payment_state).toBe(await stateOf(client, identifier))
      return listed.payment_state
    }
    expect(await seen()).toBe('paid')
    await refund(intent, 500)
    expect(await seen()).toBe('partially-refunded')
    await refund(intent)
    expect(await seen()).toBe('refunded')
  })

  test('takes a refund back that failed after it had gone through, and tells the operators once', async () => {
    const { client, identifier, intent } = await boughtOrder()
    const id = await refund(intent)
    expect(await stateOf(client, identifier)).toBe('refunded')
    await failRefund(id)
    const types = ['refund.failed', 'refund.updated', 'refund.failed']
    const answers = await Promise.all(types.map((type) => deliver(eventAbout(type, id))))
    for (const { json } of answers) expect(json).toMatchObject({ outcome: 'processed', order_identifier: identifier })
    expect(await stateOf(client, identifier)).toBe('paid')
    expect(await alertsAbout(id)).toMatchObject([{ variables: { code: 'refund-failed', order: identifier } }])
  })

  test('takes a refund back that failed in the table', async () => {
    const { client, identifier, intent } = await boughtOrder()
    const id = await refund(intent)
    await db`UPDATE order_refunds SET status = 'failed' WHERE stripe_refund_id = ${id}`
    expect(await stateOf(client, identifier)).toBe('paid')
  })
})

describe('a dispute', () => {
  test.each([
    ['won', 'partially-refunded'],
    ['lost', 'disputed'],
  ] as const)('is told at once, shows on the order, and once %s leaves it %s', async (outcome, after) => {
    const { client, identifier, intent } = await boughtOrder()
    await refund(intent, 300)
    const dispute = await openDispute(intent, { reason: 'product_not_received' })
    const created = eventAbout('charge.dispute.created', dispute.id)
    const answers = await Promise.all([created, created, created].map((event) => deliver(event)))
    for (const { json } of answers) expect(json).toMatchObject({ outcome: 'processed', order_identifier: identifier })
    expect(await stateOf(client, identifier)).toBe('disputed')
    expect(await alertsAbout(dispute.id)).toMatchObject([
      { variables: { code: 'payment-disputed', order: identifier, reason: 'product_not_received' } },
    ])

    await closeDispute(dispute.id, outcome)
    for (const type of ['charge.dispute.closed', 'charge.dispute.updated']) await deliver(eventAbout(type, dispute.id))
    expect(await stateOf(client, identifier)).toBe(after)
    expect(await alertsAbout(dispute.id)).toHaveLength(1)
    const rows = await db`SELECT status, amount, currency, reason, evidence_due_by > now() AS due
      FROM order_disputes WHERE stripe_dispute_id = ${dispute.id}`
    expect(rows).toEqual([
      { status: outcome, amount: dispute.amount, currency: 'usd', reason: 'product_not_received', due: true },
    ])
  })

  test('that begins as an inquiry is told again when it becomes a chargeback, once', async () => {
    const { client, identifier, intent } = await boughtOrder()
    const dispute = await openDispute(intent, { status: 'warning_needs_response' })
    for (const type of ['charge.dispute.created', 'charge.dispute.updated']) await deliver(eventAbout(type, dispute.id))
    expect(await alertsAbout(dispute.id)).toHaveLength(1)
    await moveDispute(dispute.id, 'needs_response')
    for (let time = 0; time < 2; time++) await deliver(eventAbout('charge.dispute.updated', dispute.id))
    expect(await alertsAbout(dispute.id)).toHaveLength(2)
    expect(await stateOf(client, identifier)).toBe('disputed')
  })

  test('whose decision the bank turns round stands as Stripe has it now', async () => {
    const { client, identifier, intent } = await boughtOrder()
    const dispute = await openDispute(intent)
    for (const [status, state] of [
      ['lost', 'disputed'],
      ['won', 'paid'],
      ['lost', 'disputed'],
      ['appeal_under_review', 'disputed'],
      ['won', 'paid'],
    ] as const) {
      await moveDispute(dispute.id, status)
      const { json } = await deliver(eventAbout('charge.dispute.closed', dispute.id))
      expect(json).toMatchObject({ outcome: 'processed', order_identifier: identifier })
      expect(await stateOf(client, identifier)).toBe(state)
    }
  })

  test('places the order first when it is told before the payment', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    await pay(session_id)
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(session_id)
    const dispute = await openDispute(idOf(intent) ?? '')
    expect((await deliver(eventAbout('charge.dispute.created', dispute.id))).json).toMatchObject({
      outcome: 'processed',
      order_identifier: expect.stringMatching(/^ORD-/),
    })
  })

  test('is found by the hourly sweep when its event never came', async () => {
    const { client, identifier, intent } = await boughtOrder()
    const dispute = await openDispute(intent)
    await db`DELETE FROM sweep_progress WHERE sweep = 'missed-events'`
    await tick()
    expect(await stateOf(client, identifier)).toBe('disputed')
    expect(await alertsAbout(dispute.id)).toHaveLength(1)
  })

  test('of an unmatched payment is told once too, as an inquiry and as a chargeback', async () => {
    const link = await openPaymentLink(1_000)
    await pay(link.id)
    await deliver(sessionEvent('checkout.session.completed', link))
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(link.id)
    const dispute = await openDispute(idOf(intent) ?? '', { status: 'warning_needs_response' })
    for (const alerts of [1, 2]) {
      for (const type of ['charge.dispute.created', 'charge.dispute.updated'])
        expect((await deliver(eventAbout(type, dispute.id))).json).toMatchObject({ outcome: 'ignored' })
      const told = await alertsAbout(dispute.id)
      expect(told).toHaveLength(alerts)
      for (const { variables } of told) expect(variables).toMatchObject({ code: 'payment-disputed' })
      await moveDispute(dispute.id, 'needs_response')
    }
    await db`UPDATE operator_alerts SET resolved_at = now() WHERE subject_id = ${dispute.id}`
    for (const status of ['under_review', 'won'] as const) {
      await moveDispute(dispute.id, status)
      await deliver(eventAbout('charge.dispute.updated', dispute.id))
    }
    expect(await alertsAbout(dispute.id)).toHaveLength(2)
  })

  test('of somebody else is ignored', async () => {
    expect((await deliver(eventAbout('charge.dispute.created', 'dp_unknown'))).json).toEqual({
      received: true,
      outcome: 'ignored',
    })
  })
})

describe('a refund', () => {
  test('sends its customer one email, whatever tells of it and however often', async () => {
    const { client } = await createBuyer()
    const { session_id } = await checkOut(client)
    const email = `${unique('refunded')}@example.com`
    await pay(session_id, { email })
    const { order_identifier: identifier } = (await client.get(`/v1/checkout/${session_id}`)).json
    const { payment_intent: reference } = await stripe.checkout.sessions.retrieve(session_id)
    const intent = idOf(reference) ?? ''
    const first = await refund(intent, 500)
    const second = await refund(intent, 250)
    for (const id of [first, second, first]) await deliver(eventAbout('refund.updated', id))
    const written = await emailsOf(identifier)
    expect(written.map(({ to_address }) => to_address)).toEqual([email, email])
    expect(written.map(({ variables }) => variables.refund_amount)).toEqual(['$5.00', '$2.50'])
    await deliverEmail(written[0]!.id)
    const sent = async () => (await emailsTo(email)).filter(({ text }) => text.includes('refunded $5.00'))
    await expect.poll(async () => (await sent()).length).toBe(1)
  })

  test('that is still pending, or failed, says nothing', async () => {
    const { identifier, intent } = await boughtOrder()
    const id = await refund(intent, 100)
    const [order] = await db`DELETE FROM order_refunds WHERE stripe_refund_id = ${id} RETURNING order_id`
    await db`INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status)
      VALUES (${order!.order_id}, ${id}, 100, 'usd', 'failed')`
    const before = await emailsOf(identifier)
    await deliver(eventAbout('refund.updated', id))
    expect(await emailsOf(identifier)).toEqual(before)
  })

  test('of an order without its person writes to nobody', async () => {
    const { identifier, intent } = await boughtOrder()
    await db`UPDATE orders SET email = '[erased]' WHERE identifier = ${identifier}`
    await refund(intent, 100)
    expect(await emailsOf(identifier)).toEqual([])
  })
})
