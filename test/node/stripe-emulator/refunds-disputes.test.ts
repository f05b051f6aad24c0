import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, type Harness, idOf, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

/** A paid intent over 4498 cents. */
async function paidIntent(body: object = {}): Promise<string> {
  const session = await harness.stripe.checkout.sessions.create(sessionParams())
  await harness.control('POST', `/checkout/sessions/${session.id}/pay`, body)
  return idOf((await harness.stripe.checkout.sessions.retrieve(session.id)).payment_intent)
}

const eventTypes = async (since: number) =>
  (await harness.stripe.events.list({ limit: 100 })).data
    .toReversed()
    .slice(since)
    .map((event) => event.type)
const eventCount = async () => (await harness.stripe.events.list({ limit: 100 })).data.length

describe('refunds', () => {
  test('a part and then the rest, by payment intent and by charge', async () => {
    const { stripe } = harness
    const intent = await paidIntent()
    const before = await eventCount()
    const part = await stripe.refunds.create({
      payment_intent: intent,
      amount: 1000,
      reason: 'duplicate',
      metadata: { a: '1' },
    })
    expect(part).toMatchObject({
      amount: 1000,
      status: 'succeeded',
      payment_intent: intent,
      reason: 'duplicate',
      metadata: { a: '1' },
    })
    expect(await eventTypes(before)).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.updated',
      'charge.refund.updated',
    ])
    const charge = idOf(part.charge)
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 1000, refunded: false })
    const rest = await stripe.refunds.create({ charge })
    expect(rest.amount).toBe(3498)
    const refunded = await stripe.charges.retrieve(charge, { expand: ['refunds'] })
    expect(refunded).toMatchObject({
      amount_refunded: 4498,
      refunded: true,
      refunds: { data: [{ id: rest.id }, { id: part.id }] },
    })
    expect((await stripe.refunds.list({ payment_intent: intent })).data.map(({ id }) => id)).toEqual([rest.id, part.id])
    expect((await stripe.refunds.retrieve(part.id)).id).toBe(part.id)
    const again = await errorOf(stripe.refunds.create({ charge }))
    expect(again).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' })
  })

  test('more than is left is refused with both amounts', async () => {
    const { stripe } = harness
    const intent = await paidIntent()
    const over = await errorOf(stripe.refunds.create({ payment_intent: intent, amount: 4499 }))
    expect(over.message).toBe('Refund amount ($44.99) is greater than charge amount ($44.98)')
    await stripe.refunds.create({ payment_intent: intent, amount: 4000 })
    const rest = await errorOf(stripe.refunds.create({ payment_intent: intent, amount: 500 }))
    expect(rest).toMatchObject({ param: 'amount' })
    expect(rest.message).toBe('Refund amount ($5.00) is greater than unrefunded amount on charge ($4.98)')
  })

  test('the same idempotency key refunds once', async () => {
    const { stripe } = harness
    const intent = await paidIntent()
    const refund = () =>
      stripe.refunds.create({ payment_intent: intent, amount: 100 }, { idempotencyKey: `refund:${intent}` })
    const [first, second] = [await refund(), await refund()]
    expect(second.id).toBe(first.id)
    expect((await stripe.refunds.list({ payment_intent: intent })).data).toHaveLength(1)
  })

  test('a payment that is not through cannot be refunded', async () => {
    const intent = await paidIntent({ payment_method: 'bank_debit' })
    const error = await errorOf(harness.stripe.refunds.create({ payment_intent: intent }))
    expect(error.message).toContain('does not have a successful charge to refund')
    expect((await errorOf(harness.stripe.refunds.create({ payment_intent: 'pi_nope' }))).code).toBe('resource_missing')
    expect((await errorOf(harness.stripe.refunds.create({}))).statusCode).toBe(400)
  })

  test('the control call refunds as the dashboard would, whatever is left when no amount is given', async () => {
    const intent = await paidIntent()
    const part = await harness.control('POST', `/payment_intents/${intent}/refund`, { amount: 500 })
    expect(part).toMatchObject({ status: 200, body: { object: 'refund', amount: 500 } })
    const rest = await harness.control('POST', `/payment_intents/${intent}/refund`)
    expect(rest).toMatchObject({ status: 200, body: { amount: 3998 } })
    const [event] = (await harness.stripe.events.list({ type: 'charge.refunded', limit: 1 })).data
    expect(event).toMatchObject({ request: { id: null, idempotency_key: null }, data: { object: { refunded: true } } })
  })
})

describe('disputes', () => {
  test('are opened from outside, block refunds, and are closed', async () => {
    const { stripe } = harness
    const intent = await paidIntent()
    const before = await eventCount()
    const { body } = await harness.control('POST', `/payment_intents/${intent}/dispute`, {
      reason: 'product_not_received',
    })
    expect(body).toMatchObject({
      object: 'dispute',
      amount: 4498,
      status: 'needs_response',
      reason: 'product_not_received',
    })
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent, expand: ['data.charge'] })).data
    expect(dispute).toMatchObject({ payment_intent: intent, charge: { disputed: true } })
    expect((await errorOf(stripe.refunds.create({ payment_intent: intent }))).code).toBe('charge_disputed')
    const closed = await harness.control('POST', `/disputes/${dispute?.id}/close`, { status: 'won' })
    expect(closed).toMatchObject({ status: 200, body: { status: 'won' } })
    expect((await errorOf(stripe.disputes.close(dispute?.id ?? ''))).statusCode).toBe(400)
    expect((await stripe.disputes.retrieve(dispute?.id ?? '')).status).toBe('won')
    expect(await eventTypes(before)).toEqual([
      'charge.dispute.created',
      'charge.dispute.updated',
      'charge.dispute.closed',
    ])
  })

  test('follow a payment with the card that is always disputed', async () => {
    const intent = await paidIntent({ card: '4000000000000259' })
    expect((await harness.stripe.disputes.list({ payment_intent: intent })).data).toMatchObject([
      { reason: 'fraudulent' },
    ])
  })
})
