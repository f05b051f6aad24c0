import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { EVENTS, isEventType, VALUES } from '../../../src/events/catalogue.ts'
import { newEvent } from '../../../src/events/new-event.ts'
import { idOf } from '../../../src/payments/stripe/values.ts'
import { checkOut, createBuyer, deliverCompleted } from '../support/buyer.ts'
import { createEmailCtx } from '../support/email.ts'
import { db } from '../support/shop.ts'
import { deliver, openDispute, openPaymentLink, pay, sessionEvent, stripe } from '../support/stripe.ts'

const PERSON = {
  name: 'Zaphod Quillfeather',
  email: 'zaphod.quillfeather@example.com',
}

const valueOf = (field: unknown): unknown =>
  field instanceof z.ZodNullable || field instanceof z.ZodOptional ? valueOf(field.unwrap()) : field

const fieldsOf = Object.entries(EVENTS).flatMap(([type, { data }]) =>
  Object.entries(data.shape).map(([field, schema]) => [type, field, schema] as const),
)

describe('the catalogue of events', () => {
  test.each(fieldsOf)('%s: %s is an id, a code, money or a moment', (_, __, schema) => {
    expect(Object.values(VALUES)).toContain(valueOf(schema))
  })

  test.each([PERSON.name, PERSON.email, '1 Main Street', 'Jane\nDoe', 'calle mayor, 1'])(
    'no text of it holds %j',
    (personal) => {
      for (const schema of Object.values(VALUES)) expect(schema.safeParse(personal).success).toBe(false)
    },
  )

  test('an event whose data does not fit is written without it, and the log says which field it was', () => {
    const ctx = createEmailCtx()
    const error = vi.spyOn(ctx.log, 'error').mockImplementation(() => undefined)
    const data = { code: 'internal-error', event_type: 'refund.created', object: PERSON.email }
    const event = newEvent(ctx, 'payment-event-failed', 'evt_1', data)
    expect(event).toMatchObject({ type: 'payment-event-failed', data: {}, nextSweepAt: expect.any(Date) })
    expect(error).toHaveBeenCalledWith('event-data-unfit', expect.objectContaining({ fields: ['object'] }))
    expect(JSON.stringify(error.mock.calls)).not.toContain(PERSON.email)
  })
})

test('what happens to a purchase is written with it, and leads to nobody', async () => {
  const { client } = await createBuyer()
  const { session_id } = await checkOut(client)
  await pay(session_id, { email: PERSON.email, name: PERSON.name })
  const { order_identifier: order } = (await deliverCompleted({ id: session_id })).json
  const [placed] = await db`SELECT id, total_amount FROM orders WHERE identifier = ${order}`
  const intent = idOf((await stripe.checkout.sessions.retrieve(session_id)).payment_intent) ?? ''
  const refund = await stripe.refunds.create({ payment_intent: intent, amount: 300 })
  const about = (type: string, id: string) => deliver({ ...sessionEvent(type, { id }), data: { object: { id } } })
  for (let time = 0; time < 2; time++) await about('refund.created', refund.id)
  const dispute = await openDispute(intent)
  await about('charge.dispute.created', dispute.id)
  const link = await openPaymentLink(700)
  await pay(link.id, { email: PERSON.email, name: PERSON.name })
  await deliverCompleted(link)

  const rows =
    await db`SELECT * FROM events WHERE subject_id = ANY (${[placed!['id'], dispute.id, link.id]}) ORDER BY id`
  const reference = { payment_intent: intent, order, currency: 'usd' }
  expect(rows).toMatchObject([
    {
      type: 'order-placed',
      version: 1,
      subject_kind: 'order',
      data: { order, total: placed!['total_amount'], currency: 'usd' },
      // Nobody waits for it.
      next_sweep_at: null,
      alert_id: null,
      request_id: expect.any(String),
    },
    { type: 'order-refunded', data: { order, refund: refund.id, amount: 300, currency: 'usd' }, alert_id: null },
    { type: 'dispute-opened', subject_kind: 'dispute', data: reference, alert_id: expect.any(String) },
    { type: 'payment-unmatched', data: { reason: 'no-checkout', amount: 700 }, alert_id: expect.any(String) },
  ])

  // Those of every other test before this one among them.
  const all = await db`SELECT e.type, e.data, e.*::text AS text FROM events e`
  for (const { type, data, text } of all) {
    const fits = !isEventType(type) || EVENTS[type].data.safeParse(data).success
    expect({ type, data, fits }).toMatchObject({ fits: true })
    expect(text).not.toMatch(/@|zaphod|quillfeather|Main St/i)
  }
})
