import { BURST_BINDINGS } from '../../../src/http/rate-limit/limits.ts'
import type { Entry } from '../plan.ts'
import type { SimulatedDatabase } from './database.ts'
import { DATABASE_URL, type MakeIsolate, STRIPE_URL, type WorkerModule } from './isolate.ts'
import { simulatedKv } from './kv.ts'
import type { SimulatedMail } from './mail.ts'
import { type Batch, SimulatedQueue } from './queue.ts'
import { type SimulatedStripe, WEBHOOK_SECRET } from './stripe.ts'
import type { World } from './world.ts'

export const SESSION_KEY = { kid: 'simulation', secret: 'a-session-secret-of-the-simulation-32' }
export const API = 'https://api.shop.test'
export const OPERATOR = 'operator@shop.test'

const VARIABLES = {
  DATABASE_URL: 'postgres://postgres:postgres@database.test/shop',
  NEON_FETCH_ENDPOINT: DATABASE_URL,
  SIGNING_SECRET: 'a-signing-secret-of-the-simulation-32',
  SESSION_KEYS: `${SESSION_KEY.kid}:${SESSION_KEY.secret}`,
  PUBLIC_API_URL: API,
  STOREFRONT_URL: 'https://shop.test',
  CORS_ORIGINS: 'https://shop.test',
  STRIPE_SECRET_KEY: 'sk_test_simulation',
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  STRIPE_API_BASE: STRIPE_URL,
  CURRENCY: 'usd',
  SHIPPING_COUNTRIES: 'US,ES',
  AUTOMATIC_TAX: 'off',
  INITIAL_ORDER_STATUS: 'accepted',
  CHECKOUT_MINUTES: '60',
  EMAIL_TRANSPORT: 'smtp',
  SMTP_HOST: 'mail.test',
  SMTP_PORT: '25',
  SMTP_SECURITY: 'none',
  OPERATOR_EMAIL: OPERATOR,
  RATE_LIMITS: 'on',
}

type Isolate = { worker: WorkerModule; env: object; life: number }

/** Runs the Worker as the platform does: its three entry points, several isolates, work that goes on after the answer. */
export class Platform {
  readonly #world: World
  readonly #make: () => WorkerModule
  readonly #isolates: Isolate[] = []
  readonly #env: object
  #arrivals = 0

  constructor(
    world: World,
    make: MakeIsolate,
    services: {
      database: SimulatedDatabase
      stripe: SimulatedStripe
      mail: SimulatedMail
      log: (line: string) => void
    },
  ) {
    this.#world = world
    this.#make = () => make({ world, ...services })
    const queue = new SimulatedQueue(world, (batch, who) => this.#consume(batch, who))
    const never = { limit: () => Promise.resolve({ success: true }) }
    this.#env = {
      ...VARIABLES,
      ...Object.fromEntries(BURST_BINDINGS.map((name) => [name, never])),
      RATE_LIMIT_KV: simulatedKv(world),
      EMAIL_QUEUE: queue.binding,
      ASSETS: { fetch: () => Promise.resolve(new Response(null, { status: 404 })) },
    }
  }

  /** Answers a request; undefined when the Worker crashed meanwhile. */
  fetch(entry: Entry, request: Request, who: string): Promise<Response | undefined> {
    return this.#enter(entry, who, async ({ worker, env }, context) => worker.fetch(request, env, context))
  }

  async tick(who: string): Promise<void> {
    const event = { cron: '* * * * *', scheduledTime: this.#world.clock.now(), noRetry: () => undefined }
    await this.#enter('cron', who, ({ worker, env }, context) => worker.scheduled(event, env, context))
  }

  #consume(batch: Batch, who: string): Promise<true | undefined> {
    return this.#enter('queue', who, async ({ worker, env }, context) => {
      await worker.queue(batch, env, context)
      return true as const
    })
  }

  #enter<T>(
    entry: Entry,
    who: string,
    work: (isolate: Isolate, context: Context) => Promise<T>,
  ): Promise<T | undefined> {
    const at = Math.floor(this.#world.chance.of(`isolate of arrival ${this.#arrivals++}`) * this.#world.plan.isolates)
    return this.#world.call(entry, who, at, async (call) => {
      const context = contextOf()
      try {
        return await work(this.#isolate(at), context)
      } finally {
        void context.ended().then(() => this.#world.finish(call))
      }
    })
  }

  #isolate(at: number): Isolate {
    const life = this.#world.livesOf(at)
    const living = this.#isolates[at]
    if (living?.life === life) return living
    const made = { worker: this.#make(), env: { ...this.#env }, life }
    this.#isolates[at] = made
    return made
  }
}

type Context = ReturnType<typeof contextOf>

function contextOf() {
  const deferred: Promise<unknown>[] = []
  return {
    waitUntil: (work: Promise<unknown>) => void deferred.push(Promise.resolve(work).catch(() => undefined)),
    passThroughOnException: () => undefined,
    /** Fulfilled when all deferred work has ended. */
    async ended(): Promise<void> {
      for (let work = deferred.shift(); work !== undefined; work = deferred.shift()) await work
    },
  }
}
