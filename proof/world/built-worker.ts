import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { Miniflare, Response } from 'miniflare'
import type { WorkerOptions } from 'miniflare'
import { readExampleVars, withLocalAddresses } from '../../dev/dev-vars.ts'
import type { Vars } from '../../dev/dev-vars.ts'
import { freePort } from '../../dev/free-port.ts'
import { ANY_PORTS, startServices } from '../../dev/services.ts'
import type { RunningServices, RunningStripe } from '../../dev/services.ts'
import { stopAll } from '../../dev/stop-all.ts'
import { makeScratchFolder, removeScratchFolder } from '../../dev/scratch-folder.ts'
import { BURST_BINDINGS } from '../../src/http/rate-limit/limits.ts'
import { bundleWorker, type BundledWorker } from './bundle-worker.ts'
import { silentWorkerd } from './silent-workerd.ts'

const PROJECT = path.resolve(import.meta.dirname, '../..')

/** The newest compatibility date that Miniflare's workerd knows. */
export const COMPATIBILITY = { compatibilityDate: '2026-07-30', compatibilityFlags: ['nodejs_compat'] }
const QUEUE = 'mercat-email'

export interface BuiltOptions {
  /** More variables for the Worker; they win over all others. */
  vars?: Vars
  /** Whether queued emails are sent, by the Worker's own queue handler; without it they stay in the queue. */
  email?: boolean
  /** Whether answers are kept in the edge cache (Miniflare's stand-in for it). On by default. */
  cache?: boolean
  /** Whether the Stripe emulator calls the webhook by itself. */
  webhooks?: boolean
  /** More Workers in the same workerd. */
  beside?: (given: Given) => Promise<Beside>
  /** Where workerd takes a debugger, for profiles: `ws` addresses stand at `/json` of this port. */
  inspectorPort?: number
  /** Told of every line that the Workers write; without it they are read by nobody. */
  onLine?: (line: string) => void
}

/** What is known when other Workers are to be put beside Mercat. */
export interface Given {
  vars: Vars
  neonUrl: string
  bundle: BundledWorker
}

export interface Beside {
  workers: WorkerOptions[]
  /** What stops with the shop. */
  parts: { stop(): Promise<void> }[]
}

export interface BuiltShop {
  /** The Worker's address: workerd itself answers there, nothing stands before it. */
  api: string
  services: RunningServices & { stripe: RunningStripe }
  databaseUrl: string
  webhookSecret: string
  /** Sets the time that every round trip to the database takes beyond its own, in milliseconds. */
  setLatency(ms: number): Promise<void>
  /** Fires the cron trigger once; fulfilled when the Worker is done with it. */
  tick(): Promise<void>
  stop(): Promise<void>
}

/**
 * The built Worker in workerd without the dev server, with a durable PostgreSQL (fsync on), the Neon proxy, Stripe's
 * emulator and a mailbox, all on free ports. Rate limits are off unless `vars` say otherwise; nothing fires cron.
 */
export async function startBuiltWorker(options: BuiltOptions = {}): Promise<BuiltShop> {
  const port = await freePort()
  const api = `http://127.0.0.1:${port}`
  const example = readExampleVars(PROJECT)
  const webhookSecret = example['STRIPE_WEBHOOK_SECRET'] ?? ''
  const webhookUrl = options.webhooks === true ? { webhookUrl: `${api}/v1/webhooks/stripe` } : {}
  const { stripe, ...services } = await startServices({ ports: ANY_PORTS, stripe: { webhookSecret, ...webhookUrl } })
  if (stripe === undefined) throw new Error('the Stripe emulator was asked for and is not there')
  const databaseUrl = services.postgres.connectionString
  const parts: { stop(): Promise<void> }[] = [services]
  const stop = () => stopAll(parts)
  try {
    const local = {
      api,
      databaseUrl,
      neon: services.neon.url,
      smtpPort: services.mailbox.smtpPort,
      turnstile: services.turnstile.url,
      pwned: services.pwned.url,
      stripe: { url: stripe.url, webhookSecret },
    }
    const vars = { ...withLocalAddresses(example, local), ...wranglerVars(), RATE_LIMITS: 'off', ...options.vars }
    const bundle = bundleWorker()
    const workers: WorkerOptions[] = [mercat('mercat', bundle, vars, { port, ...options })]
    if (options.beside !== undefined) {
      const beside = await options.beside({ vars, neonUrl: services.neon.url, bundle })
      parts.push(...beside.parts)
      workers.push(...beside.workers)
    }
    const runtime = await startWorkerd(workers, options)
    parts.push({ stop: () => runtime.dispose() })
    const setLatency = async (ms: number) => {
      await fetch(`${services.neon.url}/_proxy/latency`, { method: 'PUT', body: JSON.stringify({ ms }) })
    }
    const tick = async () => {
      const worker = await runtime.getWorker('mercat')
      await worker.scheduled({ cron: '* * * * *' })
    }
    return { api, services: { ...services, stripe }, databaseUrl, webhookSecret, setLatency, tick, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The variables of `wrangler.toml`: the shop's default configuration. */
const wranglerVars = (): Vars => ({
  CURRENCY: 'usd',
  SHIPPING_COUNTRIES: 'US,CA,ES,FR,DE,IT,PT,GB,IE,NL,BE,AT',
  INITIAL_ORDER_STATUS: 'accepted',
  CHECKOUT_MINUTES: '60',
})

/** Listens itself: requests through Miniflare's own Worker would all take longer. */
export const listenAt = (port: number) => [{ host: '127.0.0.1', port }]

/** Mercat as a Worker of that name. */
export function mercat(
  name: string,
  bundle: BundledWorker,
  vars: Vars,
  { port, email = false, cache = true }: { port: number } & Pick<BuiltOptions, 'email' | 'cache'>,
): WorkerOptions {
  return {
    name,
    modules: [bundle],
    ...COMPATIBILITY,
    cache,
    bindings: vars,
    kvNamespaces: ['RATE_LIMIT_KV'],
    ratelimits: Object.fromEntries(
      BURST_BINDINGS.map((limit) => [limit, { namespace_id: limit, simple: { limit: 1_000_000, period: 60 } }]),
    ),
    queueProducers: { EMAIL_QUEUE: { queueName: QUEUE } },
    ...(email ? { queueConsumers: { [QUEUE]: { maxBatchSize: 10, maxBatchTimeout: 1, maxRetries: 9 } } } : {}),
    serviceBindings: { ASSETS: () => new Response('not here', { status: 404 }) },
    unsafeDirectSockets: listenAt(port),
  }
}

async function startWorkerd(workers: WorkerOptions[], { inspectorPort, onLine }: BuiltOptions): Promise<Miniflare> {
  const folder = makeScratchFolder(tmpdir(), 'mercat-bench-')
  if (onLine === undefined) process.env['MINIFLARE_WORKERD_PATH'] = silentWorkerd(folder)
  const runtime = new Miniflare({
    workers,
    // Otherwise every start asks a server on the internet for this machine's location.
    cf: false,
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) {
        if (onLine === undefined) stream.resume()
        else followLines(stream, onLine)
      }
    },
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
  })
  try {
    await runtime.ready
    return runtime
  } finally {
    delete process.env['MINIFLARE_WORKERD_PATH']
    removeScratchFolder(folder)
  }
}

/** Lines end with a line feed and with nothing else: what a log line quotes may hold other separators (U+2028). */
function followLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
