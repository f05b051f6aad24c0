import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, eventually, type Harness, sessionParams, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const now = () => Math.floor(Date.now() / 1000)
const DAY = 24 * 60 * 60

describe('expiry', () => {
  test('an open session can be expired once', async () => {
    const { stripe } = harness
    const session = await stripe.checkout.sessions.create(sessionParams())
    expect(await stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired', url: null })
    const error = await errorOf(stripe.checkout.sessions.expire(session.id))
    expect(error.statusCode).toBe(400)
    expect(error.message).toBe(
      'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `expired`.',
    )
  })

  test('a paid session cannot be expired', async () => {
    const { stripe } = harness
    const session = await stripe.checkout.sessions.create(sessionParams())
    await harness.control('POST', `/checkout/sessions/${session.id}/pay`, {})
    const error = await errorOf(stripe.checkout.sessions.expire(session.id))
    expect(error.message).toContain('a status of `complete`')
  })

  test('a session whose time is over has expired when it is next looked at, with its event', async () => {
    const shop = await startHarness()
    const session = await shop.stripe.checkout.sessions.create(sessionParams({ expires_at: now() + 31 * 60 }))
    shop.advance(32 * 60)
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('expired')
    const paying = await shop.control('POST', `/checkout/sessions/${session.id}/pay`, {})
    expect(paying).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } })
    const events = await shop.stripe.events.list({ type: 'checkout.session.expired' })
    expect(events.data).toMatchObject([{ data: { object: { id: session.id, status: 'expired' } } }])
    await shop.stop()
  })

  test('the clock expires a session that nobody looks at', async () => {
    const shop = await startHarness()
    await shop.stripe.checkout.sessions.create(sessionParams())
    shop.advance(DAY + 1)
    const report = await eventually(
      async () => JSON.stringify((await shop.control('GET', '/webhooks')).body),
      (text) => text.includes('checkout.session.expired'),
    )
    expect(report).toContain('checkout.session.expired')
    await shop.stop()
  })

  test('the control call lets a session expire at once', async () => {
    const session = await harness.stripe.checkout.sessions.create(sessionParams())
    const { status, body } = await harness.control('POST', `/checkout/sessions/${session.id}/expire`)
    expect({ status, body }).toMatchObject({ status: 200, body: { id: session.id, status: 'expired' } })
    expect((await harness.control('POST', `/checkout/sessions/${session.id}/expire`)).status).toBe(400)
  })
})
