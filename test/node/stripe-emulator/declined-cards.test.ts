import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, idOf, type Harness, startHarness } from './harness.ts'
import { type Paying, payingOn } from './paying.ts'

let harness: Harness
let paying: Paying
beforeAll(async () => {
  harness = await startHarness()
  paying = payingOn(harness)
})
afterAll(() => harness.stop())

describe('a declined card', () => {
  test.each([
    ['4000000000000002', { code: 'card_declined', decline_code: 'generic_decline' }],
    ['4000000000009995', { code: 'card_declined', decline_code: 'insufficient_funds' }],
    ['4000000000000069', { code: 'expired_card' }],
    ['4111111111111111', { code: 'card_declined', decline_code: 'test_mode_live_card' }],
  ])('%s answers 402 and leaves the session open', async (card, expected) => {
    const session = await paying.open()
    const { status, body } = await paying.pay(session.id, { card })
    expect(status).toBe(402)
    expect(body).toMatchObject({ error: { type: 'card_error', charge: expect.stringMatching(/^ch_/), ...expected } })
    expect((await paying.retrieve(session.id)).status).toBe('open')
  })

  test('leaves a failed charge, an intent that wants another method, and their events', async () => {
    const session = await paying.open()
    await paying.pay(session.id, { card: '4000000000000002' })
    const declined = await paying.retrieve(session.id)
    expect(declined).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: {
        status: 'requires_payment_method',
        last_payment_error: { code: 'card_declined', message: 'Your card was declined.' },
        latest_charge: { status: 'failed', paid: false, failure_code: 'card_declined' },
      },
    })
    expect(await paying.eventsOf(declined)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
  })

  test('another card then pays the same intent', async () => {
    const session = await paying.open()
    await paying.pay(session.id, { card: '4000000000000002' })
    const declined = await paying.retrieve(session.id)
    await paying.pay(session.id)
    const paid = await paying.retrieve(session.id)
    expect(idOf(paid.payment_intent)).toBe(idOf(declined.payment_intent))
    expect(paid).toMatchObject({
      payment_status: 'paid',
      payment_intent: { status: 'succeeded', last_payment_error: null },
    })
  })

  test('a number that is no card number is refused without a charge', async () => {
    const session = await paying.open()
    const { status, body } = await paying.pay(session.id, { card: '4242424242424241' })
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'incorrect_number' } } })
    expect((await paying.retrieve(session.id)).payment_intent).toBeNull()
  })
})

test('an intent left open can be cancelled; a paid one cannot', async () => {
  const { stripe } = harness
  const session = await paying.open()
  await paying.pay(session.id, { card: '4000000000000002' })
  const declined = await stripe.checkout.sessions.retrieve(session.id)
  const canceled = await stripe.paymentIntents.cancel(idOf(declined.payment_intent), {
    cancellation_reason: 'abandoned',
  })
  expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' })
  const other = await paying.open()
  await paying.pay(other.id)
  const paid = await stripe.checkout.sessions.retrieve(other.id)
  expect((await errorOf(stripe.paymentIntents.cancel(idOf(paid.payment_intent)))).code).toBe(
    'payment_intent_unexpected_state',
  )
})
