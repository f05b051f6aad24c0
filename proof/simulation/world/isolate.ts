import * as nodeCrypto from 'node:crypto'
import { createRequire } from 'node:module'
import vm from 'node:vm'
import { v4 as uuid } from 'uuid'
import { currentCall } from './call.ts'
import { dateOf } from './clock.ts'
import type { SimulatedDatabase } from './database.ts'
import type { SimulatedMail } from './mail.ts'
import type { SimulatedStripe } from './stripe.ts'
import type { World } from './world.ts'

type Context = { waitUntil: (work: Promise<unknown>) => void; passThroughOnException: () => void }

/** The Worker's three entry points. */
export type WorkerModule = {
  fetch: (request: Request, env: object, context: Context) => Response | Promise<Response>
  queue: (batch: object, env: object, context: Context) => Promise<void>
  scheduled: (event: object, env: object, context: Context) => Promise<void>
}

type Services = {
  world: World
  database: SimulatedDatabase
  stripe: SimulatedStripe
  mail: SimulatedMail
  log: (line: string) => void
}

/** Makes isolates of one bundle. Each has variables of its own, and takes time, randomness and network from the world. */
export type MakeIsolate = (services: Services) => WorkerModule

const NAMES = [
  'globalThis',
  'Date',
  'Math',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'fetch',
  'crypto',
  'caches',
  'console',
  'AbortSignal',
  'performance',
] as const

export const DATABASE_URL = 'https://database.test/sql'
export const STRIPE_URL = 'https://stripe.test'

export function prepareIsolates(bundle: string): MakeIsolate {
  const run = vm.compileFunction(bundle, ['exports', 'module', 'require', ...NAMES], { filename: 'worker.js' })
  return (services) => {
    const globals = worldlyGlobals(services)
    const module: { exports: { default?: WorkerModule } } = { exports: {} }
    run(module.exports, module, requireFor(services), ...NAMES.map((name) => globals[name]))
    const worker = module.exports.default
    if (worker === undefined) throw new Error('the bundle has no default export')
    return worker
  }
}

function requireFor({ world, mail }: Services): (name: string) => unknown {
  const require = createRequire(import.meta.url)
  const randomBytes = (count: number) => Buffer.from(world.chance.bytes(count))
  return (name) => {
    if (name === 'cloudflare:sockets') return { connect: () => mail.connect() }
    if (name === 'node:crypto' || name === 'crypto') return { ...nodeCrypto, randomBytes }
    return require(name) as unknown
  }
}

function worldlyGlobals(services: Services): Record<(typeof NAMES)[number], unknown> {
  const { world, log } = services
  const { clock, chance } = world
  const timers = timersOf(world)
  const globals = {
    Date: dateOf(clock),
    Math: Object.create(Math, {
      random: { value: () => new DataView(chance.bytes(4).buffer).getUint32(0) / 2 ** 32 },
    }),
    ...timers,
    fetch: (input: string | URL | Request, init?: RequestInit) => fetchFrom(services, input, init),
    crypto: cryptoOf(world),
    caches: {
      default: {
        match: () => Promise.resolve(undefined),
        put: () => Promise.resolve(),
        delete: () => Promise.resolve(false),
      },
    },
    console: Object.fromEntries(['log', 'info', 'warn', 'error', 'debug'].map((level) => [level, log])),
    AbortSignal: Object.assign(Object.create(AbortSignal), {
      timeout: (ms: number) => {
        const controller = new AbortController()
        clock.after(ms, () =>
          controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
        )
        return controller.signal
      },
    }),
    performance: { now: () => clock.now() },
  }
  return { ...globals, globalThis: Object.create(globalThis, Object.getOwnPropertyDescriptors(globals)) }
}

const noIntervals = (): never => {
  throw new Error('the Worker has no use for intervals')
}

/** Timers that end with the call of the Worker that set them. */
function timersOf({ clock }: World) {
  type Timer = ReturnType<typeof clock.after>
  const setTimeout = (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): Timer => {
    const call = currentCall.getStore()
    return clock.after(ms, () => {
      if (call === undefined) run(...given)
      else if (!call.isDead) currentCall.run(call, () => run(...given))
    })
  }
  const clearTimeout = (timer: Timer | undefined) => {
    if (timer !== undefined) clock.cancel(timer)
  }
  return { setTimeout, clearTimeout, setInterval: noIntervals, clearInterval: clearTimeout }
}

function cryptoOf({ clock, chance }: World): object {
  const getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(chance.bytes(array.byteLength))
    return array
  }
  const subtle = new Proxy(crypto.subtle, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...given: unknown[]) => clock.inTurn(async () => (await Reflect.apply(method, target, given)) as unknown)
    },
  })
  return { getRandomValues, subtle, randomUUID: () => uuid({ random: chance.bytes(16) }) }
}

function fetchFrom(
  { world, database, stripe }: Services,
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input)
  if (url.href.startsWith(STRIPE_URL)) return stripe.call(url, init)
  if (url.href !== DATABASE_URL) throw new Error(`the Worker asks for ${url.href}, which is not there`)
  const headers = new Headers(init.headers)
  const body = typeof init.body === 'string' ? init.body : ''
  return world.cross({
    service: 'database',
    what: `database ${describe(body)}`,
    signal: init.signal,
    effect: async (breakOff) => {
      const answer = await database.answer(headers, body, breakOff)
      return Response.json(answer.body, { status: answer.status })
    },
    failure: (happened, luck) => {
      if (happened || luck < 0.5) throw new TypeError('Network connection lost.')
      return Response.json({ message: 'Control plane request failed' }, { status: 500 })
    },
  })
}

/** The tables that a request writes, or the first one that it reads. */
function describe(body: string): string {
  const words = (pattern: RegExp) => [...new Set([...body.matchAll(pattern)].map((match) => match[1]))]
  const written = words(/\b(?:INSERT INTO|UPDATE|DELETE FROM) \\?"?(\w+)/gi).filter(
    (word) => word !== 'SET' && word !== 'set',
  )
  return written.length > 0
    ? `writes ${written.join(', ')}`
    : `reads ${words(/\bFROM \\?"?(\w+)/gi)
        .slice(0, 2)
        .join(', ')}`
}
