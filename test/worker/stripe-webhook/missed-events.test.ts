import { createExecutionContext, env } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createContext, type Ctx } from '../../../src/context.ts'
import { sweepMissedEvents } from '../../../src/features/stripe-webhook/sweep-missed-events.ts'
import { codesOf } from '../support/alerts.ts'
import { boughtOrder } from '../support/buyer.ts'
import type { Client } from '../support/client.ts'
import { tick } from '../support/cron.ts'
import { clearDatabaseFaults, countRoundTrips, db, failDatabase } from '../support/shop.ts'
import { clearStripeFaults, deliver, failStripe, stripe, stripeRequests } from '../support/stripe.ts'

const MINUTE = 60_000
const EVER = 1_000
const LIST = '/v1/events'

/** As if every event until some seconds ago had been dealt with an hour ago. */
const makeDue = () => db`
  INSERT INTO sweep_progress (sweep, done_until, next_at)
  VALUES ('missed-events', now() - interval '2 seconds', now() - interval '1 second')
  ON CONFLICT (sweep) DO UPDATE SET done_until = EXCLUDED.done_until, next_at = EXCLUDED.next_at`

const makeDueAgain = () =>
  db`UPDATE sweep_progress SET next_at = now() - interval '1 second' WHERE sweep = 'missed-events'`

/** Both in minutes before and after now. */
async function progress(): Promise<{ doneBefore: number; dueIn: number }> {
  const [row] = await db`SELECT done_until, next_at FROM sweep_progress WHERE sweep = 'missed-events'`
  const minutes = (at: string) => (new Date(at).getTime() - Date.now()) / MINUTE
  return { doneBefore: -minutes(row!.done_until), dueIn: minutes(row!.next_at) }
}

const refundsOf = async ({ client, identifier }: { client: Client; identifier: string }): Promise<unknown[]> =>
  (await client.get(`/v1/orders/${identifier}`)).json.refunds

const refund = (intent: string, amount: number) => stripe.refunds.create({ payment_intent: intent, amount })

/** Stripe's own events about a payment's refunds, the oldest first. */
async function eventsOf(intent: string) {
  const { data } = await stripe.events.list({ types: ['refund.*', 'charge.refunded'], limit: 100 })
  return data
    .filter(({ data: { object } }) => 'payment_intent' in object && object.payment_intent === intent)
    .toReversed()
}

/** What the Worker asked of Stripe meanwhile. */
async function asked(work: () => Promise<unknown>): Promise<string[]> {
  const read = async (): Promise<{ request_id: string; path: string }[]> => stripeRequests()
  const before = new Set((await read()).map(({ request_id }) => request_id))
  await work()
  return (await read()).filter(({ request_id }) => !before.has(request_id)).map(({ path }) => path)
}

const alertsOf = (eventId: string) => codesOf('event_id', eventId)

/** An order whose refunds cannot be written: as far as it knows, all of it was given back already. */
async function spoiltOrder() {
  const order = await boughtOrder()
  const [row] = await db`SELECT id, total_amount FROM orders WHERE identifier = ${order.identifier}`
  await db`INSERT INTO order_refunds (order_id, stripe_refund_id, amount, currency, status)
    VALUES (${row!.id}, ${`re_${crypto.randomUUID()}`}, ${row!.total_amount}, 'usd', 'succeeded')`
  return { ...order, heal: () => db`DELETE FROM order_refunds WHERE order_id = ${row!.id}` }
}

beforeEach(makeDue)
afterEach(async () => {
  await clearStripeFaults()
  await clearDatabaseFaults()
})

describe('a refund in the dashboard whose events never come', () => {
  test('shows on the order once Stripe was asked, and its events count as any others', async () => {
    const order = await boughtOrder()
    await refund(order.intent, 500)
    await tick()
    expect(await refundsOf(order)).toMatchObject([{ amount: { amount: 500 }, status: 'succeeded' }])
    for (const { id } of await eventsOf(order.intent)) {
      const [row] = await db`SELECT e.outcome, o.identifier FROM webhook_events e JOIN orders o ON o.id = e.order_id
        WHERE e.id = ${id}`
      expect(row).toEqual({ outcome: 'processed', identifier: order.identifier })
    }
  })

  test('shows when it was made before the shop ever asked', async () => {
    const order = await boughtOrder()
    await refund(order.intent, 500)
    await db`DELETE FROM sweep_progress WHERE sweep = 'missed-events'`
    await tick()
    expect(await refundsOf(order)).toHaveLength(1)
  })

  test('takes effect once, though its events come at the same time and later', async () => {
    const order = await boughtOrder()
    await refund(order.intent, 500)
    const events = await eventsOf(order.intent)
    expect(events).toHaveLength(3)
    await Promise.all([tick(), ...events.map((event) => deliver(event))])
    for (const event of events) expect((await deliver(event)).json).toMatchObject({ outcome: 'processed' })
    expect(await refundsOf(order)).toHaveLength(1)
  })

  test('is not asked after when its events came', async () => {
    const order = await boughtOrder()
    const { id } = await refund(order.intent, 500)
    for (const event of await eventsOf(order.intent)) await deliver(event)
    const paths = await asked(tick)
    expect(paths).toContain(LIST)
    expect(paths).not.toContain(`/v1/refunds/${id}`)
  })
})

describe('a turn', () => {
  test('is taken by one of two ticks at once, and not again before an hour is over', async () => {
    const paths = await asked(() => Promise.all([tick(), tick()]))
    expect(paths.filter((path) => path === LIST)).toHaveLength(1)
    const { doneBefore, dueIn } = await progress()
    expect(doneBefore).toBeCloseTo(10, 0)
    expect(dueIn).toBeCloseTo(60, 0)
    expect(await asked(tick)).not.toContain(LIST)
    const { result, statements } = await countRoundTrips(() => asked(() => sweepMissedEvents(createCtx())))
    expect({ result, statements }).toEqual({ result: [], statements: 1 })
  })

  test.each([
    ['the list of events', LIST],
    ['a refund', '/v1/refunds/*'],
  ])('that Stripe does not answer %s in is due again in five minutes, and nothing is lost', async (_, path) => {
    const order = await boughtOrder()
    await refund(order.intent, 500)
    const before = await progress()
    await failStripe({ method: 'GET', path, when: 'before', status: 500, times: EVER })
    await tick()
    const after = await progress()
    expect(after.doneBefore).toBeGreaterThanOrEqual(before.doneBefore)
    expect(after.dueIn).toBeCloseTo(5, 0)
    await clearStripeFaults()
    await makeDueAgain()
    await tick()
    expect(await refundsOf(order)).toHaveLength(1)
    const ids = (await eventsOf(order.intent)).map((event) => event.id)
    const rows = await db`SELECT DISTINCT outcome FROM webhook_events WHERE id = ANY(${ids})`
    expect(rows).toEqual([{ outcome: 'processed' }])
  })

  test('that the database fails in is due again in five minutes, and nothing is lost', async () => {
    const order = await boughtOrder()
    await refund(order.intent, 500)
    await failDatabase('INSERT INTO order_refunds', 'before', EVER)
    await tick()
    expect((await progress()).dueIn).toBeCloseTo(5, 0)
    expect((await progress()).doneBefore).toBeLessThan(1)
    await clearDatabaseFaults()
    await makeDueAgain()
    await tick()
    expect(await refundsOf(order)).toHaveLength(1)
  })

  test('goes through more than one page of events', { timeout: 60_000 }, async () => {
    const orders = [await boughtOrder(), await boughtOrder()]
    for (const { intent } of orders) for (let made = 0; made < 30; made++) await refund(intent, 1)
    const paths = await asked(tick)
    expect(paths.filter((path) => path === LIST)).toHaveLength(2)
    for (const order of orders) expect(await refundsOf(order)).toHaveLength(30)
  })

  test('passes over an event that cannot take effect: an operator is told, the others take effect', async () => {
    const [spoilt, order] = [await spoiltOrder(), await boughtOrder()]
    await refund(spoilt.intent, 100)
    await refund(order.intent, 500)
    await tick()
    expect(await refundsOf(order)).toHaveLength(1)
    expect((await progress()).dueIn).toBeCloseTo(60, 0)
    for (const { id } of await eventsOf(spoilt.intent)) expect(await alertsOf(id)).toEqual([{ code: 'internal-error' }])
    await spoilt.heal()
  })

  test('goes past what Stripe keeps failing on, and comes back to it', async () => {
    const [stuck, order] = [await boughtOrder(), await boughtOrder()]
    const { id } = await refund(stuck.intent, 100)
    await refund(order.intent, 500)
    await failStripe({ method: 'GET', path: `/v1/refunds/${id}`, when: 'before', status: 500, times: EVER })
    await tick()
    expect(await refundsOf(order)).toHaveLength(1)
    const { doneBefore, dueIn } = await progress()
    expect(dueIn).toBeCloseTo(5, 0)
    expect(doneBefore).toBeGreaterThan(9)
    await clearStripeFaults()
    await makeDueAgain()
    await tick()
    expect(await refundsOf(stuck)).toHaveLength(1)
    expect((await progress()).dueIn).toBeCloseTo(60, 0)
  })

  test('passes over an event that Stripe refuses to tell of, and tells an operator', async () => {
    const order = await boughtOrder()
    const { id } = await refund(order.intent, 100)
    await failStripe({ method: 'GET', path: `/v1/refunds/${id}`, when: 'before', status: 400, times: EVER })
    await tick()
    expect((await progress()).dueIn).toBeCloseTo(60, 0)
    const created = (await eventsOf(order.intent)).find(({ type }) => type === 'refund.created')
    expect(await alertsOf(created?.id ?? '')).toEqual([{ code: 'stripe-api-error' }])
  })

  test('is not done before an operator can be told of an event that cannot take effect', async () => {
    const spoilt = await spoiltOrder()
    await refund(spoilt.intent, 100)
    const [{ id } = { id: '' }] = await eventsOf(spoilt.intent)
    await failDatabase('INSERT INTO operator_alerts', 'before', EVER)
    await tick()
    expect((await progress()).dueIn).toBeCloseTo(5, 0)
    expect(await alertsOf(id)).toEqual([])
    await clearDatabaseFaults()
    await makeDueAgain()
    await tick()
    expect(await alertsOf(id)).toEqual([{ code: 'internal-error' }])
    expect((await progress()).dueIn).toBeCloseTo(60, 0)
    await spoilt.heal()
  })
})

/** An hour later, so that what happens now is long past. */
const createCtx = (laterMs = 0): Ctx => ({
  ...createContext(env, createExecutionContext(), {
    requestId: 'missed-events',
    handler: 'cron',
    actor: { kind: 'job', name: 'missed-events' },
  }),
  now: () => new Date(Date.now() + laterMs),
})

describe('a turn with more to do than fits into it', () => {
  test.each([
    ['events', { pages: 1 }, 30],
    ['time', { budgetMs: 0 }, 5],
  ])('(%s) keeps what it did, and the next tick goes on where it ended', async (_, limits, count) => {
    const orders = [await boughtOrder(), await boughtOrder()]
    for (const { intent } of orders) for (let made = 0; made < count; made++) await refund(intent, 1)
    const ctx = createCtx(60 * MINUTE)
    let turns = 0
    for (; turns === 0 || (await progress()).dueIn < 61; turns++) {
      expect(turns).toBeLessThan(200)
      await sweepMissedEvents(ctx, limits)
    }
    expect(turns).toBeGreaterThan(1)
    for (const order of orders) expect(await refundsOf(order)).toHaveLength(count)
  })
})
