import type { Client } from 'pg'
import { Buyer } from './actors/buyer.ts'
import { Dashboard } from './actors/dashboard.ts'
import { Stranger } from './actors/stranger.ts'
import { findViolations, watchCommits, watchContract, watchPayments } from './check.ts'
import type { Plan } from './plan.ts'
import { openShop, SKUS, skuId } from './shop.ts'
import { type Connections, SimulatedDatabase } from './world/database.ts'
import type { MakeIsolate } from './world/isolate.ts'
import { SimulatedMail } from './world/mail.ts'
import { Platform } from './world/platform.ts'
import { SimulatedStripe } from './world/stripe.ts'
import { Webhooks } from './world/webhooks.ts'
import { World } from './world/world.ts'

const MINUTE = 60_000

/** Cron ticks, in minutes: each one while customers shop, then fewer. The platform may leave ticks out, so this may too. */
const TICKS = [1, 2, 3, 4, 6, 8, 12, 20, 30, 45, 61, 62, 90, 122, 180, 230]
/** From here on nothing fails any more; retries and sweeps must repair what is left. */
const HEALED_AT = 240
const LATER_TICKS = [241, 245, 300, 420, 720, 1_440, 2_880, 5_760]
const SHARE_DOUBLE = 1 / 4

const FAILURES = /"level":"error"/
/** Said late of what went wrong before: an email whose attempt died in the transport, a message that the queue gave up. */
const LATE_REPORTS = /nobody knows whether it was accepted|-dead-letter"/

/** What a process needs for its runs, which follow one another. */
export type Stage = {
  connections: Connections
  /** A connection of its own, for the checks. */
  observer: Client
  makeIsolate: MakeIsolate
  /** Called for every plan that begins, and for every line of its story. */
  watch?: { begins: (plan: Plan) => void; moves: (line: string) => void }
}

const ofKind = (kind: string): string => `order_discounts WHERE kind = '${kind}' AND amount > 0`

/** What many plans together must produce, and the rows that count as it: a rule cannot be broken where nothing happens. */
const COUNTED = {
  orders: 'orders',
  'orders of members': 'orders WHERE member_id IS NOT NULL',
  'orders of visitors': 'orders WHERE prospect_id IS NOT NULL',
  'orders by bank debit': "order_payments WHERE payment_method_type <> 'card'",
  'orders with chosen shipping': `order_shipping_methods o JOIN shipping_methods m ON m.id = o.shipping_method_id
    WHERE m.position > (SELECT min(position) FROM shipping_methods WHERE active)`,
  'lines at a changed price': `order_items WHERE unit_amount NOT IN (${SKUS.map(({ amount }) => amount).join(', ')})`,
  'percent discounts': ofKind('percent'),
  'free shipping': ofKind('free_shipping'),
  'reduced shipping': ofKind('reduced_shipping'),
  'expired checkouts': "checkouts WHERE status = 'expired'",
  'failed debits': "checkouts WHERE status = 'failed'",
  'emails sent': 'emails_sent',
  'failed emails': "email_outbox WHERE status = 'failed'",
  refunds: 'order_refunds',
  'fully refunded orders': "orders WHERE payment_state = 'refunded'",
  disputes: 'order_disputes',
  'unmatched payments': 'unmatched_payments',
  'operator alerts': 'operator_alerts',
} as const
type Result = keyof typeof COUNTED
export type Results = Record<Result, number>
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
export const RESULTS = Object.keys(COUNTED) as Result[]

export type Outcome = {
  violations: string[]
  story: string[]
  digest: string
  /** What the Worker wrote to its log. */
  log: string[]
  /** How many rows of each kind there are in the end. */
  results: Results
  calls: number
  /** How often which fault struck at which service. */
  faultCounts: Map<string, number>
}

/** Plays a plan from the first customer to the end of all retries, days later, and checks the invariants. */
export async function simulate(plan: Plan, stage: Stage): Promise<Outcome> {
  stage.watch?.begins(plan)
  const world = new World(plan, stage.watch?.moves)
  const { clock, story } = world
  const log: string[] = []
  await openShop(stage.observer, new Date(clock.now()).toISOString())

  const stripe: SimulatedStripe = new SimulatedStripe(
    world,
    { add: (event) => webhooks.add(event) },
    watchContract(world),
  )
  const mail = new SimulatedMail(world)
  const database = new SimulatedDatabase({ world, ...stage, afterCommit: watchCommits(world, stage.observer) })
  const platform = new Platform(world, stage.makeIsolate, {
    database,
    stripe,
    mail,
    log: (line) => hear(world, log, line),
  })
  const webhooks = new Webhooks(world, (request, who) => platform.fetch('webhook', request, who))
  const dashboard = new Dashboard({ world, stripe, watch: watchPayments(world, stage.observer) })

  const stranger = new Stranger(world, stripe)
  stripe.onSession = (session) => stranger.seen(session)
  const buyers = plan.customers.map((script, at) => new Buyer({ world, platform, stripe, dashboard }, script, at))
  for (const [at, buyer] of buyers.entries()) {
    const starts = plan.customers[at]?.startsAfterMs ?? 0
    clock.after(plan.rush ? starts % 50 : starts, () => world.start(buyer.play()))
  }
  for (const { sku, afterMs, amount } of plan.priceChanges) {
    clock.after(afterMs, () => world.start(changePrice(world, stage.observer, sku, amount)))
  }
  for (const minute of [...TICKS, ...LATER_TICKS]) {
    clock.after(minute * MINUTE, () => {
      stripe.expireOverdue()
      world.start(platform.tick(`cron ${minute}`))
      if (plan.doubleTicks && world.chance.of(`tick ${minute} twice`) < SHARE_DOUBLE)
        world.start(platform.tick(`cron ${minute} again`))
    })
  }
  clock.after(HEALED_AT * MINUTE, () => {
    world.healed = true
    story.tell('—', 'from here on nothing goes wrong')
  })
  await clock.runUntil()
  for (let last = 0; last < 2; last++) {
    clock.after(30 * MINUTE, () => world.start(platform.tick(`last cron ${last}`)))
    await clock.runUntil()
  }
  // Looking back places a missed order, so the rules must hold before it, too.
  const found = await findViolations({ world, stripe, mail, observer: stage.observer })
  for (const buyer of buyers) world.start(buyer.lookBack())
  await clock.runUntil()
  found.push(...(await findViolations({ world, stripe, mail, observer: stage.observer })))
  const violations = [...new Set([...world.violations, ...found])]
  return {
    violations,
    story: story.lines,
    digest: story.digest(),
    log,
    results: await countResults(stage.observer),
    calls: world.calls,
    faultCounts: world.faultCounts,
  }
}

/** After the last fault nothing may fail. */
function hear(world: World, log: string[], line: string): void {
  log.push(line)
  const isFailure = FAILURES.test(line) && !LATE_REPORTS.test(line)
  if (world.healed && isFailure) world.violate(`the Worker says, with nothing wrong: ${line.slice(0, 300)}`)
}

async function changePrice({ clock, story }: World, observer: Client, sku: number, amount: number): Promise<void> {
  story.tell('operator', `the price of SKU ${sku} is now ${amount}`)
  await clock.during(
    observer.query(
      `INSERT INTO sku_prices (sku_id, amount, currency, effective_at) VALUES ($1, $2, 'usd', $3)
       ON CONFLICT (sku_id, currency, effective_at) DO NOTHING`,
      [skuId(sku), amount, new Date(clock.now()).toISOString()],
    ),
  )
}

async function countResults(observer: Client): Promise<Results> {
  const counts = RESULTS.map((kind) => `(SELECT count(*)::int FROM ${COUNTED[kind]}) AS "${kind}"`)
  const { rows } = await observer.query<Results>(`SELECT ${counts.join(', ')}`)
  const [results] = rows
  if (results === undefined) throw new Error('a SELECT without FROM answered no row')
  return results
}

/** Adds the results of a run to those of others. */
export function addResults(sum: Results, more: Results): void {
  for (const kind of RESULTS) sum[kind] += more[kind]
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each of RESULTS
export const noResults = (): Results => Object.fromEntries(RESULTS.map((kind) => [kind, 0])) as Results
