import fc from 'fast-check'

/** What a customer does next. SKUs, codes and cards are named by their place in `shop.ts`. */
export type Step =
  | { do: 'add'; sku: number; quantity: number }
  | { do: 'set'; sku: number; quantity: number }
  | { do: 'code'; code: number }
  | { do: 'ship'; method: number }
  | { do: 'check-out'; clicks: number; sameKey: boolean; retypes: boolean }
  | {
      do: 'pay'
      with: 'card' | 'declined-card' | 'debit' | 'failing-debit'
      page: 'latest' | 'first'
      twice: boolean
      tabs: number
    }
  | { do: 'return'; polls: number }
  | { do: 'wait'; minutes: number }

export type Customer = { member: number | null; startsAfterMs: number; steps: Step[] }

export const SERVICES = ['database', 'stripe', 'queue', 'kv', 'mail'] as const
export type Service = (typeof SERVICES)[number]

/**
 * What goes wrong when the Worker speaks to another service:
 * - `refused`: nothing happened, and the Worker is told so;
 * - `lost`: it happened, and the answer never came;
 * - `silent`: nothing happened, and nobody says so;
 * - `late`: it happens after the Worker has stopped waiting, perhaps after it tried again;
 * - `halfway`: a transaction is broken off between two statements (for others as `refused`);
 * - `crash-before`, `crash-after`: this call of the Worker ends for good, before or after it happened;
 * - `eviction`: the isolate ends after it happened, with every call that runs in it.
 */
export const FAULTS = [
  'refused',
  'lost',
  'silent',
  'late',
  'halfway',
  'crash-before',
  'crash-after',
  'eviction',
] as const
export type Fault = (typeof FAULTS)[number]

export type Entry = 'customer' | 'webhook' | 'queue' | 'cron'

/** Where the Worker calls which services from. */
type Crossing = `${Entry} ${Service}`

/**
 * Where faults strike, how often beside the others, and which calls of a plan they choose from: only a few plans have
 * more, and a fault that is planned for a later call never strikes.
 */
const CROSSINGS: { at: Crossing; weight: number; calls: number }[] = [
  { at: 'customer database', weight: 2, calls: 50 },
  { at: 'customer stripe', weight: 2, calls: 10 },
  { at: 'customer kv', weight: 2, calls: 50 },
  { at: 'customer queue', weight: 1, calls: 2 },
  { at: 'webhook database', weight: 1, calls: 16 },
  { at: 'webhook stripe', weight: 1, calls: 10 },
  { at: 'webhook queue', weight: 1, calls: 3 },
  { at: 'queue database', weight: 1, calls: 12 },
  { at: 'queue mail', weight: 3, calls: 6 },
  { at: 'queue queue', weight: 1, calls: 2 },
  { at: 'cron database', weight: 1, calls: 300 },
  { at: 'cron stripe', weight: 1, calls: 20 },
  { at: 'cron queue', weight: 1, calls: 2 },
]

/** Strikes the n-th call to a service from one entry point. */
export type PlannedFault = { at: Crossing; nth: number; fault: Fault }

export type Outage = { service: Service; fromMinute: number; minutes: number; fault: 'refused' | 'lost' | 'late' }

export type Plan = {
  /** Decides every delay, and so every order of events. */
  seed: number
  customers: Customer[]
  faults: PlannedFault[]
  outages: Outage[]
  /** How badly events and messages are delivered, 0 to 3: twice, late, in another order, or never. */
  weather: { duplicates: number; delays: number; losses: number }
  /** In a rush everybody acts within moments of everybody else. */
  rush: boolean
  /** Isolates that requests are spread over. */
  isolates: number
  priceChanges: { sku: number; afterMs: number; amount: number }[]
  /** Made in Stripe's dashboard for the n-th payment: of this many hundredths, so many minutes after it. */
  refunds: { payment: number; percent: number; afterMinutes: number }[]
  doubleTicks: boolean
  /** Paid for the n-th session that the shop makes, so long after it, at its total or another one; none of them is ours. */
  strangers: { session: number; afterMs: number; by: 'payment link' | 'other system'; total: number; debit: boolean }[]
  /** The bank of the n-th payment asks for it back, and decides so long after that, or never. */
  disputes: { payment: number; afterMinutes: number; outcome: 'won' | 'lost' | null }[]
}

const wholes = (min: number, max: number) => fc.integer({ min, max })

const add = fc.record({ do: fc.constant('add' as const), sku: fc.nat(3), quantity: wholes(1, 3) })
const set = fc.record({ do: fc.constant('set' as const), sku: fc.nat(3), quantity: wholes(1, 4) })
const code = fc.record({ do: fc.constant('code' as const), code: fc.nat(4) })
const ship = fc.record({ do: fc.constant('ship' as const), method: fc.nat(3) })
const checkOut = fc.record({
  do: fc.constant('check-out' as const),
  clicks: fc.constantFrom(1, 1, 2, 3),
  sameKey: fc.boolean(),
  retypes: fc.boolean(),
})
const pay = fc.record({
  do: fc.constant('pay' as const),
  with: fc.constantFrom(
    'card' as const,
    'card' as const,
    'declined-card' as const,
    'debit' as const,
    'failing-debit' as const,
  ),
  page: fc.constantFrom('latest' as const, 'latest' as const, 'first' as const),
  twice: fc.boolean(),
  tabs: fc.nat(2),
})
const comeBack = fc.record({ do: fc.constant('return' as const), polls: wholes(1, 3) })
const wait = fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 3, 20, 45, 61, 62, 180) })

const anything: fc.Arbitrary<Step> = fc.oneof(add, set, code, ship, checkOut, pay, comeBack, wait)

/** Mostly ordinary purchases, with odd steps in between. */
const purchase: fc.Arbitrary<Step[]> = fc
  .tuple(
    add,
    fc.array(fc.oneof(add, code, ship), { maxLength: 2 }),
    checkOut,
    fc.array(anything, { maxLength: 2 }),
    pay,
    fc.array(comeBack, { maxLength: 1 }),
  )
  .map(([first, more, out, odd, paid, back]) => [first, ...more, out, ...odd, paid, ...back])

const customer: fc.Arbitrary<Customer> = fc.record({
  // Two devices of one member share a cart.
  member: fc.option(fc.nat(1), { nil: null, freq: 2 }),
  startsAfterMs: fc.oneof(wholes(0, 50), wholes(0, 60_000)),
  steps: fc
    .tuple(purchase, fc.array(anything, { maxLength: 3 }), fc.option(purchase, { nil: [], freq: 3 }))
    .map((parts) => parts.flat()),
})

const plannedFault: fc.Arbitrary<PlannedFault> = fc.oneof(
  ...CROSSINGS.map(({ at, weight, calls }) => ({
    weight,
    arbitrary: fc.record({
      at: fc.constant(at),
      nth: fc.oneof(...[3, 7, calls].map((first) => fc.nat(Math.min(first, calls) - 1))),
      fault: fc.constantFrom(...FAULTS),
    }),
  })),
)

const outage: fc.Arbitrary<Outage> = fc.record<Outage>({
  service: fc.constantFrom(...SERVICES),
  fromMinute: fc.nat(20),
  minutes: fc.constantFrom(1, 5, 30, 120),
  fault: fc.constantFrom('refused', 'lost', 'late'),
})

/** Plans of one to five customers. They shrink towards fewer customers, faults and surprises. */
export const planArbitrary: fc.Arbitrary<Plan> = fc.record({
  seed: fc.noShrink(fc.nat()),
  customers: fc.array(customer, { minLength: 1, maxLength: 5 }),
  faults: fc.array(plannedFault, { maxLength: 12, size: 'max' }),
  outages: fc.oneof<fc.Arbitrary<Outage[]>[]>(fc.constant([]), fc.array(outage, { maxLength: 2 })),
  weather: fc.record({ duplicates: fc.nat(3), delays: fc.nat(3), losses: fc.nat(3) }),
  rush: fc.boolean(),
  isolates: wholes(1, 2),
  priceChanges: fc.array(fc.record({ sku: fc.nat(3), afterMs: fc.nat(90_000), amount: wholes(500, 3_000) }), {
    maxLength: 2,
  }),
  refunds: fc.array(
    fc.record({ payment: fc.nat(3), percent: fc.constantFrom(10, 50, 100), afterMinutes: fc.constantFrom(0, 1, 90) }),
    { maxLength: 2 },
  ),
  doubleTicks: fc.boolean(),
  strangers: fc.array(
    fc.record({
      session: fc.nat(3),
      afterMs: fc.constantFrom(0, 5, 300, 60_000, 4_000_000),
      by: fc.constantFrom('payment link' as const, 'other system' as const),
      total: fc.constantFrom(0, 0, 0, 100),
      debit: fc.constantFrom(false, false, true),
    }),
    { maxLength: 2 },
  ),
  disputes: fc.array(
    fc.record({
      payment: fc.nat(3),
      afterMinutes: fc.constantFrom(0, 2, 100),
      outcome: fc.constantFrom('won' as const, 'lost' as const, null),
    }),
    { maxLength: 1 },
  ),
})
