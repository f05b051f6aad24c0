import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { createDb } from '../../../src/db/client.ts'
import { placeOrderStatement } from '../../../src/db/functions/place-order.ts'
import { releaseCheckoutStatement } from '../../../src/db/functions/release-checkout.ts'
import { startCheckoutStatement } from '../../../src/db/functions/start-checkout.ts'
import { checkouts, checkoutStatuses, GIVEN_UP, HOLDING } from '../../../src/db/schema/checkout.ts'
import { emailOutbox } from '../../../src/db/schema/email.ts'
import { orderDisputes, orderRefunds } from '../../../src/db/schema/orders.ts'
import { newEvent } from '../../../src/events/new-event.ts'
import { raiseAlertStatement } from '../../../src/features/alerts/queries.ts'
import { newAlert } from '../../../src/features/alerts/raise-alert.ts'
import { holdForOperator, markProcessing } from '../../../src/features/checkout/queries/write-checkout.ts'
import { CHECKOUT_TRANSITIONS, type CheckoutStatus } from '../../../src/features/checkout/transitions.ts'
import {
  abandonedInTransport,
  endRowWithFailure,
  heldBy,
  idleAndUnsent,
} from '../../../src/features/email/queries/failures.ts'
import {
  claimOutboxRow,
  markHandedOver,
  markSent,
  releaseOutboxRow,
} from '../../../src/features/email/queries/outbox.ts'
import { EMAIL_TRANSITIONS, type EmailStatus } from '../../../src/features/email/transitions.ts'
import { retryAlertEmails } from '../../../src/features/event-dispatch/queries.ts'
import { syncDisputesStatements } from '../../../src/features/orders/queries/disputes.ts'
import { syncRefundsStatements } from '../../../src/features/orders/queries/refunds.ts'
import { paymentStateOf } from '../../../src/features/orders/rules.ts'
import { DISPUTE_TRANSITIONS, REFUND_TRANSITIONS } from '../../../src/features/orders/transitions.ts'
import { DISPUTE_STATUSES } from '../../../src/payments/dispute.ts'
import { REFUND_STATUSES } from '../../../src/payments/refund.ts'
import { createLog } from '../../../src/shared/log.ts'
import { isMove, sourcesOf } from '../../../src/shared/transitions.ts'
import { newOrder, started } from '../support/rows.ts'
import { db as ask, stockOf, unique } from '../support/shop.ts'

// Whatever changes a status is tried from every other one: it makes the moves of its table, and no others.

const db = createDb(inject('databaseUrl'))
const seed = Date.now() % 2 ** 31

type Started = Awaited<ReturnType<typeof started>>

const claimOf = ({ given }: Started) => ({
  id: `cs_${given.checkout.id}`,
  fingerprint: given.checkout.fingerprint,
})

/** Everything that changes the status of a checkout, by where to; `from` is where it does not do all that its table has. */
const CHECKOUT_CHANGES: {
  name: string
  to: CheckoutStatus
  from?: CheckoutStatus[]
  run: (checkout: Started) => PromiseLike<unknown>
}[] = [
  {
    name: 'markProcessing',
    to: 'processing',
    run: (its) => markProcessing(db, its.row.id, claimOf(its), new Date()),
  },
  {
    name: 'holdForOperator',
    to: 'processing',
    run: (its) => holdForOperator(db, its.row.id, claimOf(its), new Date()),
  },
  {
    name: 'release as expired',
    to: 'expired',
    run: (its) => releaseCheckoutStatement(db, its.row.id, 'expired', new Date()),
  },
  {
    name: 'release as failed',
    to: 'failed',
    run: (its) => releaseCheckoutStatement(db, its.row.id, 'failed', new Date(), claimOf(its)),
  },
  {
    name: 'start another in its place',
    to: 'expired',
    from: ['open'],
    run: ({ given }) =>
      startCheckoutStatement(db, {
        ...given,
        checkout: { ...given.checkout, id: crypto.randomUUID(), idempotencyKey: null },
        replacedId: given.checkout.id,
      }),
  },
  {
    name: 'place its order',
    to: 'complete',
    run: (its) => {
      const order = newOrder(its.given.checkout)
      return placeOrderStatement(db, {
        ...order,
        webhookEvent: null,
        paid: { ...order.paid, sessionId: claimOf(its).id },
      })
    },
  },
]

const isRefused = (error: unknown): boolean =>
  ['checkout_still_open', 'order_once_per_checkout', 'checkout_one_open_per_cart'].includes(
    String((error as { cause?: { constraint?: unknown } }).cause?.constraint),
  )

async function attempt(work: () => PromiseLike<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isRefused(error)) throw error
  }
}

async function statusOf(id: string): Promise<CheckoutStatus> {
  const [row] = await db.select({ status: checkouts.status }).from(checkouts).where(eq(checkouts.id, id))
  return row!.status
}

/** A checkout that came to this status by the moves of the table. */
async function checkoutIn(status: CheckoutStatus): Promise<Started> {
  const its = await started({ memberId: null })
  const change = CHECKOUT_CHANGES.find(({ to }) => to === status)
  await change?.run(its)
  expect(await statusOf(its.row.id)).toBe(status)
  return its
}

const isIn = (list: readonly string[], status: string) => list.includes(status)

describe('a checkout', () => {
  test.each(checkoutStatuses)('that is %s makes the moves of its table', async (status) => {
    for (const { name, to, from = sourcesOf(CHECKOUT_TRANSITIONS, to), run } of CHECKOUT_CHANGES) {
      const its = await checkoutIn(status)
      await attempt(() => run(its))
      expect({ name, status: await statusOf(its.row.id) }).toEqual({
        name,
        status: from.includes(status) ? to : status,
      })
    }
  })

  test.each(checkoutStatuses)('that is %s goes nowhere else, whoever writes it', async (status) => {
    const { row } = await checkoutIn(status)
    for (const to of checkoutStatuses.filter((each) => each !== status)) {
      const update = ask`UPDATE checkouts SET status = ${to} WHERE id = ${row.id}`
      const undone = ask.transaction([update, ask`SELECT assert_that(false, 'undone')`])
      const { constraint } = await undone.then(
        () => expect.unreachable(),
        (error: { constraint: string }) => error,
      )
      expect({ to, isRefused: constraint === 'checkout_moves_forward' }).toEqual({
        to,
        isRefused: !isMove(CHECKOUT_TRANSITIONS, status, to),
      })
    }
  })

  test.each(checkoutStatuses)('that is %s holds what its status says', async (status) => {
    const { given, discounts } = await checkoutIn(status)
    const { skuId, quantity } = given.items[0]!
    expect(await stockOf(skuId)).toEqual({
      on_hand: status === 'complete' ? 100 - quantity : 100,
      reserved: isIn(HOLDING, status) ? quantity : 0,
    })
    const [uses] = await ask`
      SELECT redemptions_by(${discounts[0]!.customerKey}, NULL, ${discounts[0]!.discountCodeId}, NULL)::int AS count`
    expect(uses).toEqual({ count: isIn(GIVEN_UP, status) ? 0 : 1 })
  })

  test('never leaves the table, whatever happens to it in whatever order', async () => {
    const change = fc.nat({ max: CHECKOUT_CHANGES.length - 1 })
    const walks = fc.sample(fc.array(change, { minLength: 3, maxLength: 6 }), { seed, numRuns: 10 })
    for (const walk of walks) {
      const its = await started({ memberId: null })
      let before: CheckoutStatus = 'open'
      for (const at of walk) {
        await attempt(() => CHECKOUT_CHANGES[at]!.run(its))
        const after = await statusOf(its.row.id)
        expect(
          after === before || isMove(CHECKOUT_TRANSITIONS, before, after),
          `seed ${seed}: ${before} → ${after}`,
        ).toBe(true)
        before = after
      }
    }
  })
})

const CTX = { now: () => new Date(), requestId: 'of the test', log: createLog({}) }
const LEASE_MS = 60_000
const NOTE = { type: 'smtp', phase: 1, message: 'of the test' } as const

/** A queued email, and everything that changes its status; `lease` is of the latest attempt. */
async function newEmail() {
  const id = crypto.randomUUID()
  let lease = crypto.randomUUID()
  let now = new Date()
  await db.insert(emailOutbox).values({ id, emCd: 'test', toAddress: 'a@example.com', nextSweepAt: now })
  const about = alert(id)
  await raiseAlertStatement(db, { ...about, event: { ...about.event, id } })
  const end = (which: ReturnType<typeof heldBy>, status: 'failed' | 'sent') =>
    endRowWithFailure(db, which, NOTE, { status, now, event: newEvent(CTX, 'email-failed', id, { failure: 'smtp' }) })
  const changes = {
    claim: () => {
      lease = crypto.randomUUID()
      return claimOutboxRow(db, id, { leaseId: lease, now, leaseMs: LEASE_MS })
    },
    claimAgain: () => claimOutboxRow(db, id, { leaseId: lease, now, leaseMs: LEASE_MS }),
    handOver: () => markHandedOver(db, id, lease, now),
    release: () => releaseOutboxRow(db, id, lease, now, 'deferred'),
    accept: () => markSent(db, id, lease, now),
    fail: () => end(heldBy(id, lease), 'failed'),
    acceptWithoutRecord: () => end(heldBy(id, lease), 'sent'),
    giveUp: () => end(idleAndUnsent(id, now), 'failed'),
    giveUpAbandoned: () => end(abandonedInTransport(id, now), 'failed'),
    // Long ago, so that it is no other test's.
    retryAlert: async () => {
      await ask`UPDATE email_outbox SET next_sweep_at = '2001-01-01' WHERE id = ${id} AND status = 'failed'`
      await retryAlertEmails(db, new Date('2001-01-02'), now)
    },
    wait: () => {
      now = new Date(now.getTime() + 2 * LEASE_MS)
      return Promise.resolve()
    },
  }
  const status = async (): Promise<EmailStatus> => {
    const [row] = await db.select({ status: emailOutbox.status }).from(emailOutbox).where(eq(emailOutbox.id, id))
    return row!.status
  }
  return { changes, status }
}

type EmailChange = keyof Awaited<ReturnType<typeof newEmail>>['changes']

/** Does these to a new email, and holds every move against the table; answers where it came to, with all its moves. */
async function walkEmail(steps: EmailChange[]): Promise<{ status: EmailStatus; moves: string[] }> {
  const { changes, status } = await newEmail()
  let before = await status()
  const moves: string[] = [`new → ${before}`]
  for (const step of steps) {
    await changes[step]()
    const after = await status()
    if (after === before) continue
    moves.push(`${before} → ${after}`)
    expect(isMove(EMAIL_TRANSITIONS, before, after), `seed ${seed}: ${steps.join(', ')}: ${before} → ${after}`).toBe(
      true,
    )
    before = after
  }
  return { status: before, moves }
}

const EMAIL_WALKS: [EmailChange[], EmailStatus][] = [
  [[], 'pending'],
  [['claim'], 'sending'],
  [['claim', 'wait', 'claim'], 'sending'],
  [['claim', 'release'], 'pending'],
  [['claim', 'handOver', 'accept'], 'sent'],
  [['claim', 'handOver', 'acceptWithoutRecord'], 'sent'],
  [['claim', 'handOver', 'fail'], 'failed'],
  [['claim', 'handOver', 'wait', 'giveUpAbandoned'], 'failed'],
  [['claim', 'handOver', 'wait', 'giveUpAbandoned', 'accept'], 'sent'],
  [['giveUp'], 'failed'],
  [['claim', 'giveUp'], 'sending'],
  [['giveUp', 'retryAlert'], 'pending'],
  [['claim', 'handOver', 'accept', 'retryAlert'], 'sent'],
]

describe('an email', () => {
  test.each(EMAIL_WALKS)('after %j is %s', async (steps, expected) => {
    expect((await walkEmail(steps)).status).toBe(expected)
  })

  test('makes every move of its table that is not made by hand', async () => {
    const walks = await Promise.all(EMAIL_WALKS.map(([steps]) => walkEmail(steps)))
    const made = new Set(walks.flatMap(({ moves }) => moves))
    const expected = EMAIL_TRANSITIONS.filter(({ by }) => !by.startsWith('[by hand]')).flatMap(({ from, to }) =>
      from.filter((each) => each !== to).map((each) => `${each} → ${to}`),
    )
    expect([...made].toSorted()).toEqual(expected.toSorted())
  })

  test('never leaves the table, whatever happens to it in whatever order', async () => {
    const { changes: all } = await newEmail()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- they are its keys
    const step = fc.constantFrom(...(Object.keys(all) as EmailChange[]))
    for (const walk of fc.sample(fc.array(step, { minLength: 4, maxLength: 12 }), { seed, numRuns: 15 })) {
      expect((await walkEmail(walk)).moves).not.toEqual([])
    }
  })
})

/** An order of 3,380 without refunds or disputes. */
async function newPlacedOrder(): Promise<string> {
  const { given } = await started({ memberId: null })
  const order = newOrder(given.checkout)
  await placeOrderStatement(db, order)
  return order.ids.orderId
}

const alert = (subjectId: string) =>
  newAlert(CTX, { code: 'internal-error', details: {}, type: 'checkout-session-unknown', subjectId, data: {} })

const createdAt = new Date()

describe('what Stripe says of money that goes back', () => {
  test('moves refunds as their table says', async () => {
    const orderId = await newPlacedOrder()
    const moves = (['new', ...REFUND_STATUSES] as const).flatMap((from) =>
      REFUND_STATUSES.map((to) => ({ from, to, stripeRefundId: unique('re') })),
    )
    const refund = { amount: 1, currency: 'eur', reason: null, createdAt }
    for (const { from, stripeRefundId } of moves) {
      if (from !== 'new') await db.insert(orderRefunds).values({ ...refund, orderId, stripeRefundId, status: from })
    }
    const refunds = moves.map(({ to, stripeRefundId }) => ({ ...refund, id: stripeRefundId, status: to }))
    const failed = refunds
      .filter(({ status }) => status === 'failed')
      .map((each) => ({ refund: each, alert: alert(each.id) }))
    const others = refunds.filter(({ status }) => status !== 'failed')
    await db.batch(syncRefundsStatements(db, orderId, { failed, others }))
    const rows = await db.select().from(orderRefunds).where(eq(orderRefunds.orderId, orderId))
    const after = new Map(rows.map((row) => [row.stripeRefundId, row.status]))
    for (const { from, to, stripeRefundId } of moves) {
      const expected = isMove(REFUND_TRANSITIONS, from, to) ? to : from
      expect({ from, to, after: after.get(stripeRefundId) }).toEqual({ from, to, after: expected })
    }
  })

  test('moves disputes as their table says', async () => {
    const orderId = await newPlacedOrder()
    const moves = (['new', ...DISPUTE_STATUSES] as const).flatMap((from) =>
      DISPUTE_STATUSES.map((to) => ({ from, to, stripeDisputeId: unique('dp') })),
    )
    const dispute = { amount: 1, currency: 'eur', reason: 'general', evidenceDueBy: null, createdAt }
    const before = moves.flatMap(({ from, stripeDisputeId }) =>
      from === 'new' ? [] : [{ ...dispute, orderId, stripeDisputeId, status: from }],
    )
    await db.insert(orderDisputes).values(before)
    const told = moves.map(({ to, stripeDisputeId }) => ({
      dispute: { ...dispute, id: stripeDisputeId, paymentIntentId: null, status: to },
      alert: alert(stripeDisputeId),
    }))
    await db.batch(syncDisputesStatements(db, orderId, told))
    const rows = await db.select().from(orderDisputes).where(eq(orderDisputes.orderId, orderId))
    const after = new Map(rows.map((row) => [row.stripeDisputeId, row.status]))
    for (const { from, to, stripeDisputeId } of moves) {
      const expected = isMove(DISPUTE_TRANSITIONS, from, to) ? to : from
      expect({ from, to, after: after.get(stripeDisputeId) }).toEqual({ from, to, after: expected })
    }
  })

  test("makes the order's payment state, as the rules have it", async () => {
    const orderId = await newPlacedOrder()
    const PAID = 3_380
    const refunds = fc.array(
      fc.record({ amount: fc.constantFrom(PAID / 2, PAID / 4), status: fc.constantFrom(...REFUND_STATUSES) }),
      { maxLength: 2 },
    )
    const histories = fc.sample(
      fc.record({ refunds, disputes: fc.array(fc.constantFrom(...DISPUTE_STATUSES), { maxLength: 2 }) }),
      { seed, numRuns: 40 },
    )
    for (const history of histories) {
      await db.batch([
        db.delete(orderRefunds).where(eq(orderRefunds.orderId, orderId)),
        db.delete(orderDisputes).where(eq(orderDisputes.orderId, orderId)),
        ...history.refunds.map((each) =>
          db.insert(orderRefunds).values({ ...each, orderId, currency: 'eur', stripeRefundId: unique('re') }),
        ),
        ...history.disputes.map((status) =>
          db.insert(orderDisputes).values({
            orderId,
            status,
            amount: 1,
            currency: 'eur',
            reason: 'general',
            stripeDisputeId: unique('dp'),
          }),
        ),
      ])
      const { rows } = await db.execute(sql`SELECT payment_state FROM orders WHERE id = ${orderId}`)
      const expected = paymentStateOf({ paid: PAID, ...history })
      expect({ history, rows, seed }).toEqual({ history, rows: [{ payment_state: expected }], seed })
    }
  })
})
