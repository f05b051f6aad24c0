import { Stripe } from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { retryDelayMs } from '../../../dev/stripe/events/webhook-delivery.ts'
import {
  errorOf,
  eventually,
  type Harness,
  type Receiver,
  sessionParams,
  startHarness,
  startReceiver,
  WEBHOOK_SECRET,
} from './harness.ts'

let receiver: Receiver
let harness: Harness
beforeEach(async () => {
  receiver = await startReceiver()
  harness = await startHarness({ webhookUrl: receiver.url })
})
afterEach(async () => {
  await harness.stop()
  await receiver.stop()
})

type Report = {
  mode: string
  url: string | null
  events: {
    id: string
    type: string
    mode: string
    delivered: boolean
    attempts: { at: string; status: number | null; ms: number; error: string | null }[]
  }[]
}

async function report(): Promise<Report> {
  const response = await fetch(`${harness.emulator.url}/_emulator/webhooks`)
  const body: Report = JSON.parse(await response.text())
  return body
}

const setMode = (mode: string) => harness.control('PUT', '/webhooks', { mode })
const received = (count: number) =>
  eventually(
    () => receiver.received,
    (events) => events.length >= count,
  )
const types = () => receiver.received.map(({ event }) => event.type)

async function payOne(): Promise<string> {
  const session = await harness.stripe.checkout.sessions.create(sessionParams())
  await harness.control('POST', `/checkout/sessions/${session.id}/pay`, {})
  return session.id
}

describe('what is sent', () => {
  test('is signed, and verifies with the SDK', async () => {
    const id = await payOne()
    await received(4)
    for (const { body, headers } of receiver.received) {
      const event = harness.stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), WEBHOOK_SECRET)
      expect(event).toMatchObject({ object: 'event', api_version: Stripe.API_VERSION, livemode: false })
    }
    expect(new Set(types())).toEqual(
      new Set(['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded', 'checkout.session.completed']),
    )
    const completed = receiver.received.find(({ event }) => event.type === 'checkout.session.completed')
    expect(completed?.event.data.object).toMatchObject({ id, status: 'complete', payment_status: 'paid' })
  })

  test('does not verify with another secret or a changed body', async () => {
    await harness.stripe.customers.create({})
    const [first] = await received(1)
    const body = first?.body ?? ''
    const signature = String(first?.headers['stripe-signature'])
    const verify = (payload: string, secret: string) => () =>
      harness.stripe.webhooks.constructEvent(payload, signature, secret)
    expect(verify(body, 'whsec_other')).toThrow(/signature/)
    expect(verify(body.replace('customer', 'customar'), WEBHOOK_SECRET)).toThrow(/signature/)
  })

  test('is reported with its attempts and what came back', async () => {
    await harness.stripe.customers.create({})
    const { mode, url, events } = await eventually(report, ({ events }) => events.some((event) => event.delivered))
    expect({ mode, url }).toEqual({ mode: 'deliver', url: receiver.url })
    expect(events).toMatchObject([
      { type: 'customer.created', mode: 'deliver', delivered: true, attempts: [{ status: 200, error: null }] },
    ])
    expect((await harness.stripe.events.retrieve(events[0]?.id ?? '')).pending_webhooks).toBe(0)
  })

  test('waits until there is an address to send it to', async () => {
    const late = await startHarness()
    await late.stripe.customers.create({})
    late.emulator.setWebhookUrl(receiver.url)
    await received(1)
    expect(types()).toEqual(['customer.created'])
    await late.stop()
  })
})

describe('retries', () => {
  test('come until the answer is 2xx, each signed anew over the same payload', async () => {
    receiver.answer = (index) => (index < 2 ? 500 : 204)
    await harness.stripe.customers.create({})
    await received(3)
    const { events } = await eventually(report, (current) => current.events.some((event) => event.delivered))
    expect(events[0]?.attempts.map(({ status }) => status)).toEqual([500, 500, 204])
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    const times = receiver.received.map(({ headers }) => /t=(\d+)/.exec(String(headers['stripe-signature']))?.[1])
    expect(new Set(times).size).toBeGreaterThan(1)
  })

  test('a redirect and a refused connection count as failures', async () => {
    receiver.answer = () => 302
    await harness.stripe.customers.create({})
    await received(1)
    const gone = await startHarness({ webhookUrl: 'http://127.0.0.1:9/hooks' })
    await gone.stripe.customers.create({})
    const body = await eventually(
      async () => JSON.stringify((await gone.control('GET', '/webhooks')).body),
      (text) => text.includes('"at"'),
    )
    expect(body).toContain('"status":null')
    expect((await report()).events[0]).toMatchObject({ delivered: false, attempts: [{ status: 302 }] })
    await gone.stop()
  })

  test('wait twice as long each time, at most a minute', () => {
    expect([1, 2, 3, 4, 7, 9].map(retryDelayMs)).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000])
  })

  test('and slow answers to one event do not delay the others', async () => {
    const release: (() => void)[] = []
    receiver.answer = (index) => (index === 0 ? new Promise((resolve) => release.push(() => resolve(200))) : 200)
    for (let count = 0; count < 5; count += 1) await harness.stripe.customers.create({})
    await received(5)
    const { events } = await eventually(
      report,
      (current) => current.events.filter((event) => event.delivered).length === 4,
    )
    expect(events).toHaveLength(5)
    release.forEach((answer) => answer())
  })
})

describe('modes', () => {
  test('held events are sent when delivery goes on', async () => {
    await setMode('hold')
    await payOne()
    expect((await report()).events.map(({ mode, attempts }) => [mode, attempts.length])).toEqual(
      Array.from({ length: 4 }, () => ['hold', 0]),
    )
    expect(receiver.received).toHaveLength(0)
    await setMode('deliver')
    await received(4)
    expect(types()).toHaveLength(4)
  })

  test('dropped events are never sent, but stand in the list of events', async () => {
    await setMode('drop')
    await payOne()
    await setMode('deliver')
    await harness.stripe.customers.create({})
    await received(1)
    expect(types()).toEqual(['customer.created'])
    expect((await harness.stripe.events.list()).data).toHaveLength(5)
  })

  test('an unknown mode is refused', async () => {
    expect((await setMode('carrier-pigeon')).status).toBe(400)
  })
})

describe('redelivery', () => {
  test('sends one event many times at once and answers with every reply, whatever the mode', async () => {
    await setMode('drop')
    await payOne()
    const [event] = (await harness.stripe.events.list({ type: 'checkout.session.completed' })).data
    let inFlight = 0
    let most = 0
    receiver.answer = async (index) => {
      inFlight += 1
      most = Math.max(most, inFlight)
      await eventually(
        () => receiver.received.length,
        (count) => count >= 20,
      )
      inFlight -= 1
      return index % 2 === 0 ? 200 : 409
    }
    const { status, body } = await harness.control('POST', `/webhooks/${event?.id}/redeliver`, {
      times: 20,
      parallel: true,
    })
    expect(status).toBe(200)
    expect(most).toBe(20)
    const { responses } = JSON.parse(JSON.stringify(body))
    expect(responses).toHaveLength(20)
    expect(responses[0]).toMatchObject({ status: expect.any(Number), body: { received: true }, ms: expect.any(Number) })
    expect(new Set(responses.map((response: { status: number }) => response.status))).toEqual(new Set([200, 409]))
    expect(types()).toEqual(Array.from({ length: 20 }, () => 'checkout.session.completed'))
  })

  test('one after the other when not parallel; once by default', async () => {
    await setMode('hold')
    await harness.stripe.customers.create({})
    const [event] = (await report()).events
    const once = await harness.control('POST', `/webhooks/${event?.id}/redeliver`)
    expect(once.body).toMatchObject({ responses: [{ status: 200 }] })
    const twice = await harness.control('POST', `/webhooks/${event?.id}/redeliver`, { times: 2 })
    expect(twice.body).toMatchObject({ responses: [{ status: 200 }, { status: 200 }] })
    await setMode('deliver')
    await harness.stripe.customers.create({ name: 'last' })
    await received(4)
    // A held event that got through by redelivery is not sent a fourth time.
    expect((await report()).events[0]?.attempts).toHaveLength(3)
  })

  test('of an event that is not there is a 404', async () => {
    expect((await harness.control('POST', '/webhooks/evt_nope/redeliver', {})).status).toBe(404)
    expect((await errorOf(harness.stripe.events.retrieve('evt_nope'))).statusCode).toBe(404)
  })
})
