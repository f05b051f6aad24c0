import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startHarness } from './harness.ts'
import { type Paying, payingOn } from './paying.ts'

let harness: Harness
let paying: Paying
beforeAll(async () => {
  harness = await startHarness()
  paying = payingOn(harness)
})
afterAll(() => harness.stop())

describe('bank debit', () => {
  test('completes unpaid and is paid when it settles', async () => {
    const session = await paying.open()
    await paying.pay(session.id, { payment_method: 'bank_debit' })
    const processing = await paying.retrieve(session.id)
    expect(processing).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: {
        status: 'processing',
        latest_charge: { status: 'pending', payment_method_details: { type: 'us_bank_account' } },
      },
    })
    expect((await paying.settle(session.id, 'succeeded')).status).toBe(200)
    const paid = await paying.retrieve(session.id)
    expect(paid).toMatchObject({
      payment_status: 'paid',
      payment_intent: { status: 'succeeded', amount_received: 4498 },
    })
    expect(await paying.eventsOf(paid)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'checkout.session.completed',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.async_payment_succeeded',
    ])
    expect((await paying.settle(session.id, 'failed')).status).toBe(400)
  })

  test('can fail', async () => {
    const session = await paying.open()
    await paying.pay(session.id, { payment_method: 'bank_debit' })
    await paying.settle(session.id, 'failed')
    const failed = await paying.retrieve(session.id)
    expect(failed).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { status: 'requires_payment_method', last_payment_error: { message: expect.any(String) } },
    })
    expect((await paying.eventsOf(failed)).slice(-3)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'checkout.session.async_payment_failed',
    ])
  })

  test('is refused where the session does not offer it', async () => {
    const session = await paying.open({ allowed_payment_method_types: ['card'] })
    expect((await paying.pay(session.id, { payment_method: 'bank_debit' })).status).toBe(400)
  })
})
