import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Ctx } from '../../../src/context.ts'
import { type NewAlert, raiseAlertStatement } from '../../../src/features/alerts/queries.ts'
import { newAlert, raiseAlert } from '../../../src/features/alerts/raise-alert.ts'
import { sweepAlertEmails } from '../../../src/features/event-dispatch/sweep-alert-emails.ts'
import { sweepEvents } from '../../../src/features/event-dispatch/sweep-events.ts'
import { deliverEvent, eventRow, toldOf } from '../support/alerts.ts'
import { createEmailCtx, deliverEmail, outboxRow } from '../support/email.ts'
import { emailsTo } from '../support/mailbox.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase, unique } from '../support/shop.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const EVER = 1_000

afterEach(async () => {
  vi.restoreAllMocks()
  await clearDatabaseFaults()
})

const refusing = async () => {
  throw new Error('the queue is away')
}
/** A queue that keeps what it gets, so that nobody but the test dispatches. */
function keepingQueue() {
  const received: Record<string, unknown>[] = []
  return {
    received,
    send: async (body: Record<string, unknown>) => void received.push(body),
    sendBatch: async (messages: { body: Record<string, unknown> }[]) =>
      void received.push(...messages.map(({ body }) => body)),
  }
}

const ctxWith = (queue: object, ahead = 0) => createEmailCtx({ overrides: { EMAIL_QUEUE: queue }, ahead })
const quietCtx = (ahead = 0): Ctx => ctxWith(keepingQueue(), ahead)
const deliver = (eventId: string, given: { ahead?: number; dead?: boolean } = {}) =>
  deliverEvent(eventId, { overrides: { EMAIL_QUEUE: keepingQueue() }, ...given })

const alertOf = (ctx: Ctx, sessionId: string, given: Partial<Pick<NewAlert, 'again'>> = {}): NewAlert =>
  newAlert(ctx, {
    code: 'stripe-api-error',
    details: { reason: 'checkout-session-unknown', object_id: sessionId },
    type: 'checkout-session-unknown',
    subjectId: sessionId,
    data: {},
    ...given,
  })

/** An event that waits to be dispatched, of an alert of its own. */
async function waitingEvent(): Promise<{ eventId: string; sessionId: string }> {
  const [ctx, sessionId] = [quietCtx(), unique('cs_test')]
  await raiseAlertStatement(ctx.db, alertOf(ctx, sessionId))
  const [told] = await toldOf('object_id', sessionId)
  return { eventId: told!['event_id'], sessionId }
}

const emailsAbout = (sessionId: string) =>
  db`SELECT * FROM email_outbox WHERE em_cd = 'operator_alert' AND variables->>'object_id' = ${sessionId}`

const alertRows = (sessionId: string) =>
  db`SELECT * FROM operator_alerts WHERE subject_id = ${sessionId} ORDER BY first_raised_at`

describe('an event that has a consumer', () => {
  test('has the operators emailed about its alert, in two round trips', async () => {
    const [queue, sessionId] = [keepingQueue(), unique('cs_test')]
    const ctx = ctxWith(queue)
    const deferred: Promise<unknown>[] = []
    await raiseAlert({ ...ctx, defer: (_, work) => void deferred.push(work()) }, alertOf(ctx, sessionId))
    await Promise.all(deferred)
    const [told] = await toldOf('object_id', sessionId)
    const eventId: string = told!['event_id']
    expect(queue.received).toEqual([{ type: 'dispatch-event', eventId, requestId: ctx.requestId }])
    expect(await emailsAbout(sessionId)).toEqual([])

    const { result, roundTrips } = await countRoundTrips(() => deliver(eventId))
    expect({ result, roundTrips }).toEqual({ result: { acked: true, retriedIn: null }, roundTrips: 2 })
    expect(await eventRow(eventId)).toMatchObject({
      dispatched_at: expect.any(String),
      next_sweep_at: null,
      attempts: 1,
    })
    const [email] = await emailsAbout(sessionId)
    expect(email).toMatchObject({
      to_address: 'operator@example.com',
      request_id: ctx.requestId,
      variables: {
        code: 'stripe-api-error',
        reason: 'checkout-session-unknown',
        object_id: sessionId,
        request_id: ctx.requestId,
      },
    })
    await deliverEmail(email!['id'])
    const arrived = async () => (await emailsTo('operator@example.com')).filter(({ text }) => text.includes(sessionId))
    await expect.poll(arrived).toHaveLength(1)
    expect((await arrived())[0]?.subject).toMatch(/needs you: stripe-api-error$/)
  })

  test('is dispatched once, however often and however many at once are told to', async () => {
    const { eventId, sessionId } = await waitingEvent()
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(eventId)))
    answers.push(await deliver(eventId), await deliver(eventId, { ahead: 10 * MINUTE }))
    for (const answer of answers) expect(answer).toEqual({ acked: true, retriedIn: null })
    expect(await emailsAbout(sessionId)).toHaveLength(1)
    expect(await eventRow(eventId)).toMatchObject({ attempts: 1 })
  })

  test('is left to the attempt that holds it, until its lease is over', async () => {
    const { eventId, sessionId } = await waitingEvent()
    await db`UPDATE events SET lease_id = uuidv7(), lease_until = now() + interval '30 seconds' WHERE id = ${eventId}`
    expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    expect(await emailsAbout(sessionId)).toEqual([])
    await deliver(eventId, { ahead: MINUTE })
    expect(await emailsAbout(sessionId)).toHaveLength(1)
  })

  test('takes no effect by an attempt that another has overtaken', async () => {
    const { eventId, sessionId } = await waitingEvent()
    // Right before the batch of the effect, somebody else takes the event.
    await db`CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.lease_id := uuidv7(); RETURN NEW; END $$`
    await db.query(`CREATE TRIGGER overtake BEFORE UPDATE ON events FOR EACH ROW
      WHEN (NEW.id = '${eventId}' AND NEW.attempts > OLD.attempts) EXECUTE FUNCTION overtake()`)
    try {
      expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    } finally {
      await db`DROP FUNCTION overtake CASCADE`
    }
    expect(await emailsAbout(sessionId)).toEqual([])
    expect(await eventRow(eventId)).toMatchObject({ dispatched_at: null })
  })

  test.each([
    ['claiming it', 'update "events"'],
    ['its effect', 'INSERT INTO email_outbox'],
  ])('takes effect once when the answer to %s is lost', async (_, match) => {
    const { eventId, sessionId } = await waitingEvent()
    await failDatabase(match, 'after_commit')
    await deliver(eventId)
    expect(await emailsAbout(sessionId)).toHaveLength(1)
    expect(await eventRow(eventId)).toMatchObject({ dispatched_at: expect.any(String), attempts: 1 })
  })

  test('of a type that this Worker does not know is left for the one that does', async () => {
    const { eventId } = await waitingEvent()
    await db`UPDATE events SET type = 'of-the-future' WHERE id = ${eventId}`
    expect((await deliver(eventId)).retriedIn).toBeGreaterThan(0)
    expect(await eventRow(eventId)).toMatchObject({
      dispatched_at: null,
      given_up_at: null,
      lease_until: null,
      last_error: expect.stringContaining('of-the-future'),
    })
  })
})

describe('an event whose dispatch fails', () => {
  test('because a newer Worker has written it for a consumer of its own is left for that Worker', async () => {
    const { eventId, sessionId } = await waitingEvent()
    expect(await eventRow(eventId)).toMatchObject({ consumers: ['operator-email'] })
    await db`UPDATE events SET consumers = '{operator-email,of-the-future}' WHERE id = ${eventId}`
    expect((await deliver(eventId)).retriedIn).toBeGreaterThan(0)
    expect(await emailsAbout(sessionId)).toEqual([])
    expect(await eventRow(eventId)).toMatchObject({
      dispatched_at: null,
      last_error: expect.stringContaining('of-the-future'),
    })
  })

  test('because its alert is missing is not taken for dispatched', async () => {
    const { eventId } = await waitingEvent()
    await db`UPDATE events SET alert_id = uuidv7() WHERE id = ${eventId}`
    expect((await deliver(eventId)).retriedIn).toBeGreaterThan(0)
    expect(await eventRow(eventId)).toMatchObject({
      dispatched_at: null,
      last_error: expect.stringContaining('event_has_alert'),
    })
  })

  test('is given up with an alert when ten attempts never came to an end', async () => {
    const { eventId, sessionId } = await waitingEvent()
    await db`UPDATE events SET attempts = 10 WHERE id = ${eventId}`
    expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    expect(await eventRow(eventId)).toMatchObject({ given_up_at: expect.any(String), dispatched_at: null })
    expect(await emailsAbout(sessionId)).toEqual([])
    expect(await toldOf('object_id', eventId)).toMatchObject([{ type: 'event-given-up' }])
  })

  test('is not given up by an attempt that another has overtaken', async () => {
    const { eventId } = await waitingEvent()
    await db`UPDATE events SET type = 'of-the-future', attempts = 9 WHERE id = ${eventId}`
    await db`CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.lease_id := uuidv7(); RETURN NEW; END $$`
    await db.query(`CREATE TRIGGER overtake BEFORE UPDATE ON events FOR EACH ROW
      WHEN (NEW.id = '${eventId}' AND NEW.attempts > OLD.attempts) EXECUTE FUNCTION overtake()`)
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    } finally {
      await db`DROP FUNCTION overtake CASCADE`
    }
    expect(JSON.stringify(log.mock.calls)).not.toContain('event-given-up')
    expect(await eventRow(eventId)).toMatchObject({ given_up_at: null })
    expect(await toldOf('object_id', eventId)).toEqual([])
  })

  test('is given up with one alert when the answer to that is lost', async () => {
    const { eventId } = await waitingEvent()
    await db`UPDATE events SET type = 'of-the-future', attempts = 9 WHERE id = ${eventId}`
    await failDatabase('INSERT INTO operator_alerts', 'after_commit')
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    expect(JSON.stringify(log.mock.calls)).toContain('event-given-up')
    expect(await alertRows(eventId)).toMatchObject([{ raised_count: 1 }])
  })

  test('waits longer each time, and is given up with an alert after the last attempt', async () => {
    const { eventId } = await waitingEvent()
    await db`UPDATE events SET type = 'of-the-future' WHERE id = ${eventId}`
    const pauses: number[] = []
    for (let attempt = 1; attempt < 10; attempt++) {
      const { retriedIn } = await deliver(eventId, { ahead: attempt * 400 * MINUTE })
      pauses.push(retriedIn ?? 0)
    }
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
    expect(pauses[0]).toBeLessThanOrEqual(5)
    expect(await deliver(eventId, { ahead: 4_000 * MINUTE })).toEqual({ acked: true, retriedIn: null })
    expect(await eventRow(eventId)).toMatchObject({
      given_up_at: expect.any(String),
      next_sweep_at: null,
      attempts: 10,
    })
    const told = await toldOf('object_id', eventId)
    expect(told).toMatchObject([{ type: 'event-given-up', code: 'event-not-dispatched' }])
    await deliver(told[0]!['event_id'], { ahead: 4_000 * MINUTE })
    expect(await emailsAbout(eventId)).toMatchObject([{ variables: { event_type: 'of-the-future' } }])
    expect(await deliver(eventId, { ahead: 5_000 * MINUTE })).toEqual({ acked: true, retriedIn: null })
    expect(await eventRow(eventId)).toMatchObject({ attempts: 10 })
  })

  test('that tells of one that was given up is given up in silence', async () => {
    const { eventId } = await waitingEvent()
    await db`UPDATE events SET type = 'event-given-up', data = '{"type": "order-placed"}', attempts = 9 WHERE id = ${eventId}`
    await failDatabase('INSERT INTO email_outbox', 'before', EVER)
    expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    expect(await eventRow(eventId)).toMatchObject({ given_up_at: expect.any(String) })
    expect(await toldOf('object_id', eventId)).toEqual([])
  })

  test('comes again when the database is away, and keeps its place', async () => {
    const { eventId, sessionId } = await waitingEvent()
    await failDatabase('events', 'before', EVER)
    expect((await deliver(eventId)).retriedIn).toBeGreaterThan(0)
    await clearDatabaseFaults()
    expect(await deliver(eventId)).toEqual({ acked: true, retriedIn: null })
    expect(await emailsAbout(sessionId)).toHaveLength(1)
  })

  test('is not lost with the message that the queue gives up: the sweep brings it back', async () => {
    const { eventId } = await waitingEvent()
    expect(await deliver(eventId, { dead: true })).toEqual({ acked: true, retriedIn: null })
    const queue = keepingQueue()
    await sweepEvents(ctxWith(queue, 61_000))
    expect(queue.received.map((body) => body['eventId'])).toContain(eventId)
  })
})

describe('an event that the queue never got', () => {
  test('troubles nobody, and is picked up by the sweep a minute later', async () => {
    const sessionId = unique('cs_test')
    const away = ctxWith({ send: refusing, sendBatch: refusing })
    const deferred: Promise<unknown>[] = []
    await raiseAlert({ ...away, defer: (_, work) => void deferred.push(work()) }, alertOf(away, sessionId))
    await Promise.all(deferred)
    const [told] = await toldOf('object_id', sessionId)
    const swept = async (ahead: number) => {
      const queue = keepingQueue()
      await sweepEvents(ctxWith(queue, ahead))
      return queue.received.filter((body) => body['eventId'] === told!['event_id'])
    }
    expect(await swept(0)).toEqual([])
    expect(await swept(61_000)).toMatchObject([{ type: 'dispatch-event', requestId: away.requestId }])
    expect(await swept(61_000)).toEqual([])
    await sweepEvents(ctxWith({ send: refusing, sendBatch: refusing }, 2 * MINUTE + 2_000))
    expect(await swept(3 * MINUTE + 3_000)).toHaveLength(1)
    await deliver(told!['event_id'], { ahead: 4 * MINUTE })
    expect(await swept(10 * MINUTE)).toEqual([])
  })

  test('is handed to one of several sweeps that run at once', async () => {
    const waiting = await Promise.all(Array.from({ length: 12 }, waitingEvent))
    const queue = keepingQueue()
    await Promise.all(Array.from({ length: 4 }, () => sweepEvents(ctxWith(queue, 61_000))))
    for (const { eventId } of waiting) {
      expect(queue.received.filter((body) => body['eventId'] === eventId)).toHaveLength(1)
    }
  })
})

describe('an alert', () => {
  test('is told once while it is open, whoever meets it how often, and counts', async () => {
    const sessionId = unique('cs_test')
    const met = Array.from({ length: 12 }, () => quietCtx())
    await Promise.all(met.map((ctx) => raiseAlert(ctx, alertOf(ctx, sessionId))))
    expect(await alertRows(sessionId)).toMatchObject([{ raised_count: 12, resolved_at: null }])
    expect(await toldOf('object_id', sessionId)).toHaveLength(1)
  })

  test('of another code, or about another subject, is another', async () => {
    const [ctx, sessionId, other] = [quietCtx(), unique('cs_test'), unique('cs_test')]
    await raiseAlert(ctx, alertOf(ctx, sessionId))
    await raiseAlert(ctx, alertOf(ctx, other))
    await raiseAlert(ctx, { ...alertOf(ctx, sessionId), code: 'order-creation-failed' })
    expect(await toldOf('object_id', sessionId)).toHaveLength(2)
    expect(await toldOf('object_id', other)).toHaveLength(1)
  })

  test('counts a request once, so that a batch may be sent twice', async () => {
    const [ctx, sessionId] = [quietCtx(), unique('cs_test')]
    await failDatabase('INSERT INTO operator_alerts', 'after_commit')
    await raiseAlert(ctx, alertOf(ctx, sessionId))
    expect(await alertRows(sessionId)).toMatchObject([{ raised_count: 1 }])
    expect(await toldOf('object_id', sessionId)).toHaveLength(1)
  })

  test('is raised and told anew once an operator has resolved it', async () => {
    const sessionId = unique('cs_test')
    const raise = (ctx = quietCtx()) => raiseAlert(ctx, alertOf(ctx, sessionId))
    await raise()
    await db`UPDATE operator_alerts SET resolved_at = now(), resolved_by = 'jane' WHERE subject_id = ${sessionId}`
    await raise()
    await raise()
    expect(await alertRows(sessionId)).toMatchObject([
      { resolved_by: 'jane', raised_count: 1 },
      { resolved_at: null, raised_count: 2 },
    ])
    expect(await toldOf('object_id', sessionId)).toHaveLength(2)
  })

  test.each([
    ['never', [1, 1, 1]],
    ['daily', [1, 1, 2]],
    ['always', [1, 2, 3]],
  ] as const)('that is told again %s', async (again, expected) => {
    const sessionId = unique('cs_test')
    const told: number[] = []
    for (const hours of [0, 23, 24]) {
      const ctx = quietCtx(hours * 60 * MINUTE)
      await raiseAlert(ctx, alertOf(ctx, sessionId, { again }))
      told.push((await toldOf('object_id', sessionId)).length)
    }
    expect(told).toEqual(expected)
  })

  test('has its email under the id of its event', async () => {
    const { eventId, sessionId } = await waitingEvent()
    await deliver(eventId)
    expect((await emailsAbout(sessionId))[0]?.['id']).toBe(eventId)
  })

  test('whose email was given up is emailed again each day until somebody resolves it', async () => {
    const { eventId } = await waitingEvent()
    await deliver(eventId)
    const fail = (ahead: number) =>
      db`UPDATE email_outbox SET status = 'failed', attempts = 10, lease_id = uuidv7(), handed_over_at = now(),
        next_sweep_at = now() + make_interval(secs => ${ahead / 1_000}) WHERE id = ${eventId}`
    const statusAfter = async (ahead: number) => {
      await sweepAlertEmails(quietCtx(ahead))
      return (await outboxRow(eventId))['status']
    }
    await fail(0)
    expect(await statusAfter(DAY - MINUTE)).toBe('failed')
    expect(await statusAfter(DAY + MINUTE)).toBe('pending')
    expect(await outboxRow(eventId)).toMatchObject({ attempts: 0, lease_id: null, handed_over_at: null })
    await deliverEmail(eventId, { ahead: DAY + 2 * MINUTE })
    expect(await outboxRow(eventId)).toMatchObject({ status: 'sent' })
    expect(await statusAfter(3 * DAY)).toBe('sent')
    await fail(3 * DAY)
    await db`UPDATE operator_alerts SET resolved_at = now() WHERE id = ${(await eventRow(eventId))['alert_id']}`
    expect(await statusAfter(5 * DAY)).toBe('failed')
  })

  test('whose event was given up is dispatched again each day', async () => {
    const { eventId, sessionId } = await waitingEvent()
    await db`UPDATE events SET given_up_at = now(), next_sweep_at = NULL, attempts = 10 WHERE id = ${eventId}`
    await sweepAlertEmails(quietCtx(DAY - MINUTE))
    expect(await eventRow(eventId)).toMatchObject({ given_up_at: expect.any(String) })
    await sweepAlertEmails(quietCtx(DAY + MINUTE))
    await deliver(eventId, { ahead: DAY + MINUTE })
    expect(await emailsAbout(sessionId)).toHaveLength(1)
    expect(await eventRow(eventId)).toMatchObject({ given_up_at: null, dispatched_at: expect.any(String), attempts: 1 })
  })
})
