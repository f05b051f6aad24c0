import type { Plan } from './plan.ts'
import type { Mutation } from './stage.ts'

/** A safeguard of Mercat's that is taken away; `breaks` matches the violation that shows it. */
export type NamedMutation = Mutation & {
  name: string
  /** A seed whose plan has noticed it. */
  seed: number
  breaks: RegExp
  /** Changes a plan so that a safeguard which is seldom needed is needed more often. */
  worse?: (plan: Plan) => Plan
}

const edit = (file: string, replace: string, by: string): Mutation => ({ edits: [{ file, replace, by }] })

const inFunction = (name: string, ...replace: string[]): Mutation => ({
  functionEdits: replace.map((each) => ({ function: name, replace: each, by: '' })),
})

const EMAIL_QUERIES = 'src/features/email/queries/outbox.ts'
const DISPATCH_QUERIES = 'src/features/event-dispatch/queries.ts'

const CLICK = { do: 'check-out', sameKey: false, retypes: false } as const
const PAY = { do: 'pay', with: 'card', twice: false, tabs: 0 } as const

/** Everybody does the same, at the same time. */
const allAtOnce = (plan: Plan, steps: Plan['customers'][number]['steps']): Plan => ({
  ...plan,
  rush: true,
  customers: plan.customers.map((customer) => ({ ...customer, startsAfterMs: 0, steps })),
})

/** The simulation must notice each of them. */
export const MUTATIONS: NamedMutation[] = [
  {
    name: 'the constraint that nothing is sold twice',
    seed: 1,
    breaks: /^(?:after a commit: )?I4/,
    worse: (plan) =>
      allAtOnce(plan, [
        { do: 'add', sku: 0, quantity: 1 },
        { ...CLICK, clicks: 1 },
        { ...PAY, page: 'first' },
      ]),
    sql: 'ALTER TABLE skus DROP CONSTRAINT stock_never_oversold',
  },
  {
    name: 'the constraints and the check that a checkout has one order',
    seed: 1,
    breaks: /^(?:after a commit: )?I[14]/,
    sql: `ALTER TABLE orders DROP CONSTRAINT order_once_per_checkout;
      ALTER TABLE order_payments DROP CONSTRAINT payment_intent_once, DROP CONSTRAINT payment_session_once`,
    ...inFunction(
      'place_order',
      `PERFORM assert_that(NOT EXISTS (SELECT FROM orders WHERE checkout_id = bought.id), 'order_once_per_checkout');`,
    ),
  },
  {
    name: 'the lease of an email',
    seed: 1,
    breaks: /^I5/,
    ...edit(
      EMAIL_QUERIES,
      `and(\n            eq(emailOutbox.status, 'pending'),\n            lte(`,
      `and(\n            sql\`true\`,\n            lte(`,
    ),
  },
  {
    name: 'the mark that an email was handed over',
    seed: 1,
    breaks: /^I5/,
    worse: (plan) => ({
      ...plan,
      faults: [1, 3, 5].map((nth) => ({ at: 'queue mail', nth, fault: 'crash-after' })),
      outages: [],
    }),
    ...edit(EMAIL_QUERIES, '.set({ handedOverAt: now }).where(', '.set({ handedOverAt: null }).where('),
  },
  {
    name: "the idempotency key of Stripe's sessions",
    seed: 1,
    breaks: /^(?:after a commit: )?(?:I1|I3|I4|I6|reservations|visitor|member)/,
    worse: (plan) =>
      allAtOnce(plan, [
        { do: 'add', sku: 3, quantity: 1 },
        { ...CLICK, clicks: 3 },
        { ...PAY, page: 'first' },
        { ...PAY, page: 'latest' },
      ]),
    ...edit('src/payments/stripe/open-session.ts', ', { idempotencyKey: keyOf(given) }', ''),
  },
  {
    name: 'the outbox row in the transaction of the order',
    seed: 1,
    breaks: /^(?:after a commit: )?I2/,
    ...inFunction(
      'place_order',
      `  INSERT INTO email_outbox (id, em_cd, order_id, to_address, request_id, next_sweep_at, created_at)
  VALUES (ids.outbox_id, buyer.em_cd, ids.order_id, recipient, request_id, sweep_email_at, moment);
`,
    ),
  },
  {
    name: 'the check that a checkout is still open when it is released',
    seed: 1,
    breaks: /^(?:after a commit: )?I[46]/,
    ...inFunction(
      'close_checkout',
      ' AND status = ANY (from_statuses)',
      "  PERFORM assert_that(FOUND, 'checkout_still_open');\n",
    ),
  },
  {
    name: 'the end of the old payment page when the cart has changed',
    seed: 14,
    breaks: /^reservations/,
    ...edit('src/features/checkout/start-checkout.ts', 'if (open !== undefined) await endReplaced(ctx, open)', ''),
  },
  {
    name: 'the sweeps for orders whose event was lost',
    seed: 1,
    breaks: /^I1/,
    worse: (plan) => ({
      ...allAtOnce(plan, [
        { do: 'add', sku: 2, quantity: 1 },
        { ...CLICK, clicks: 1 },
        { ...PAY, page: 'first' },
      ]),
      weather: { ...plan.weather, losses: 13 },
    }),
    ...edit(
      'src/cron.ts',
      "  'missed-orders': placeMissedOrders,\n  checkouts: sweepCheckouts,\n  deletions: sweepDeletions,\n  'missed-events': sweepMissedEvents,\n",
      '',
    ),
  },
  {
    name: 'the sweep for refunds whose events were lost',
    seed: 1,
    breaks: /^I7/,
    worse: (plan) => ({
      ...plan,
      weather: { ...plan.weather, losses: 12 },
      refunds: [{ payment: 0, percent: 50, afterMinutes: 30 }],
    }),
    ...edit('src/cron.ts', "  'missed-events': sweepMissedEvents,\n", ''),
  },
  {
    name: 'the sweep of the outbox',
    seed: 1,
    breaks: /^emails/,
    worse: (plan) => ({
      ...plan,
      outages: [{ service: 'queue', fromMinute: 0, minutes: 120, fault: 'refused' }],
    }),
    ...edit('src/cron.ts', '  outbox: sweepOutbox,\n', ''),
  },
  {
    name: 'the check that the total is the one that was shown',
    seed: 1,
    breaks: /^I3/,
    worse: (plan) => ({
      ...allAtOnce(plan, [
        { do: 'add', sku: 2, quantity: 1 },
        { ...CLICK, clicks: 3 },
      ]),
      priceChanges: Array.from({ length: 30 }, (_, at) => ({ sku: 2, afterMs: 40 * at, amount: 600 + at })),
    }),
    ...edit(
      'src/features/checkout/start-checkout.ts',
      'assertExpectedTotal(money(priced.totals.total, ctx.env.CURRENCY), given.expectedTotal)',
      '',
    ),
  },
  {
    name: 'the release of what an expired checkout held',
    seed: 1,
    breaks: /^(?:after a commit: )?(?:I4|reservations)/,
    ...inFunction('release_checkout', '  PERFORM move_reservations(the_checkout, NULL);\n'),
  },
  {
    name: 'the lock of the stock between looking at it and counting it',
    seed: 17,
    breaks: /^(?:after a commit: )?I4/,
    worse: (plan) =>
      allAtOnce(plan, [
        { do: 'add', sku: 2, quantity: 1 },
        { ...CLICK, clicks: 1 },
      ]),
    functionEdits: [
      {
        function: 'move_reservations',
        replace: `  PERFORM id FROM skus
  WHERE id IN (SELECT sku_id FROM checkout_items WHERE checkout_id IN (from_checkout, to_checkout))
  ORDER BY id FOR NO KEY UPDATE;
  UPDATE skus s SET reserved = s.reserved + moved.quantity`,
        by: `  PERFORM set_config('simulation.seen', (SELECT json_object_agg(id, reserved)::text FROM skus), true);
  UPDATE skus s SET reserved = (current_setting('simulation.seen')::json ->> s.id::text)::integer + moved.quantity`,
      },
    ],
  },
  {
    name: "the check that a session is the checkout's own",
    seed: 1,
    breaks: /^(?:after a commit: )?(?:I1|I3|unmatched payments)/,
    worse: (plan) => ({
      ...plan,
      strangers: [{ session: 0, afterMs: 5, by: 'payment link', total: 0, debit: false }],
    }),
    ...inFunction(
      'place_order',
      `  PERFORM assert_that(
    coalesce(bought.stripe_session_id = paid.session_id, bought.fingerprint = paid.fingerprint),
    'session_is_the_checkouts_own');
`,
    ),
  },
  {
    name: 'the record of a payment that makes no order',
    seed: 1,
    breaks: /^unmatched payments/,
    worse: (plan) => ({
      ...plan,
      strangers: [{ session: 0, afterMs: 300, by: 'other system', total: 0, debit: false }],
    }),
    ...edit('src/features/checkout/settle-checkout.ts', 'await settleUnmatched(ctx, { session, event, reason })', ''),
  },
  {
    name: 'what Stripe says of a dispute',
    seed: 1,
    breaks: /^payment state/,
    worse: (plan) => ({ ...plan, disputes: [{ payment: 0, afterMinutes: 2, outcome: 'lost' }] }),
    ...edit(
      'src/features/orders/queries/disputes.ts',
      '...disputes.map(({ dispute, alert }) => upsertDispute(db, orderId, dispute, alert))',
      '',
    ),
  },
  {
    name: 'the sweep of events',
    seed: 1,
    breaks: /^alerts/,
    worse: (plan) => ({
      ...plan,
      strangers: [{ session: 0, afterMs: 300, by: 'other system', total: 0, debit: false }],
      outages: [{ service: 'queue', fromMinute: 0, minutes: 120, fault: 'refused' }],
    }),
    ...edit('src/cron.ts', '  events: sweepEvents,\n', ''),
  },
  {
    name: 'what keeps operators from hearing of a dispute twice',
    seed: 1,
    breaks: /^alerts: nobody is told twice/,
    worse: (plan) => ({ ...plan, disputes: [{ payment: 0, afterMinutes: 2, outcome: 'lost' }] }),
    edits: [
      { file: 'src/features/orders/queries/disputes.ts', replace: '    where: sql`is_news`,\n', by: '' },
      {
        file: 'src/features/alerts/queries.ts',
        replace: "again === 'always' ? sql`true` : sql`false`",
        by: 'sql`true`',
      },
    ],
  },
  {
    name: "an event's lease, and the id of its email",
    seed: 1,
    breaks: /^alerts: there is one email/,
    edits: [
      {
        file: DISPATCH_QUERIES,
        replace: 'or(\n          eq(events.leaseId',
        by: 'or(\n          sql`true`,\n          eq(events.leaseId',
      },
      {
        file: DISPATCH_QUERIES,
        replace: "SELECT assert_that(EXISTS (SELECT FROM held), 'event_held')",
        by: 'SELECT 1',
      },
      {
        file: 'src/features/email/queries/new-emails.ts',
        replace: "SELECT ${eventId}::uuid, 'operator_alert'",
        by: "SELECT gen_random_uuid(), 'operator_alert'",
      },
    ],
  },
  {
    name: 'the amount that Stripe says was given back',
    seed: 1,
    breaks: /^(?:after a commit: )?I7/,
    ...edit('src/payments/stripe/refunds.ts', 'amount: refund.amount,', 'amount: 1,'),
  },
]
