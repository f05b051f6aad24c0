import { tmpdir } from 'node:os'
import path from 'node:path'
import { fireCron, readCronExpressions } from './cron.ts'
import { readExampleVars, readProjectVars, usesRealStripe, withLocalAddresses } from './dev-vars.ts'
import type { Vars } from './dev-vars.ts'
import { freePort, isPortFree } from './free-port.ts'
import { clearLeftOvers, EPHEMERAL_WORKER, workerFolder } from './left-overs.ts'
import { makeScratchFolder, removeScratchFolder } from './scratch-folder.ts'
import { ANY_PORTS, startServices } from './services.ts'
import type { RunningServices, ServicePorts } from './services.ts'
import { startWorker } from './worker.ts'
import type { RunningWorker } from './worker.ts'
import type { Watch } from './stripe/emulator.ts'

const PROJECT = path.resolve(import.meta.dirname, '..')

export interface StackPorts extends ServicePorts {
  api: number
}

export const FREE_PORTS: StackPorts = { ...ANY_PORTS, api: 0 }

/** Where the parts of a stack usually listen, and the settings that move them. */
export const PORT_SETTINGS: { part: keyof StackPorts; variable: string; standard: number }[] = [
  { part: 'api', variable: 'MERCAT_API_PORT', standard: 8787 },
  { part: 'stripe', variable: 'MERCAT_STRIPE_PORT', standard: 12111 },
  { part: 'mail', variable: 'MERCAT_MAIL_PORT', standard: 8025 },
  { part: 'smtp', variable: 'MERCAT_SMTP_PORT', standard: 1025 },
  { part: 'neon', variable: 'MERCAT_NEON_PORT', standard: 4444 },
  { part: 'postgres', variable: 'MERCAT_PG_PORT', standard: 54329 },
]

export interface StackOptions {
  ports: StackPorts
  /** Folder that keeps database, KV and queues; without it nothing is kept. */
  dataDir?: string
  /**
   * `project`: `.dev.vars` (made when missing, if data is kept) and the environment. `example`: only `.dev.vars.example`,
   * so never Stripe itself.
   */
  varsFrom: 'project' | 'example'
  /** More variables for the Worker; they win over all others. */
  vars?: Vars
  /** `never`: no cron trigger is fired, for tests that decide themselves when a minute has passed. */
  cron?: 'each-minute' | 'never'
  /** Sees every call and event of the Stripe emulator. */
  watchStripe?: Watch
  /** Folder with wrangler.toml and .dev.vars.example; this project's by default. */
  folder?: string
  log?: (part: string, line: string) => void
  /** When it is aborted, the start stops what it has started, and throws. */
  signal?: AbortSignal
}

export interface RunningStack {
  urls: { api: string; neon: string; mail: string; stripe: string; smtp: string; database: string }
  services: RunningServices
  /** Fulfilled when a part ended by itself; says which and how. Everything else is stopped then. */
  broken: Promise<string>
  /** Stops all parts; fulfilled when none is left. */
  stop(): Promise<void>
}

/**
 * Starts the services and the Worker, fires cron each minute, and stops all together. What a killed start has left is
 * stopped first. Throws when a port is taken, or the data folder is in use.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { folder = PROJECT, signal, log = () => undefined } = options
  await clearLeftOvers(options.dataDir)
  await assertPortsFree(options.ports)
  const apiPort = options.ports.api === 0 ? await freePort() : options.ports.api
  const api = `http://127.0.0.1:${apiPort}`
  const example = readExampleVars(folder)
  const ownVars =
    options.varsFrom === 'example'
      ? example
      : readProjectVars(folder, process.env, {
          make: options.dataDir !== undefined,
          log: (line) => log('stack', line),
        })
  const webhookSecret = ownVars['STRIPE_WEBHOOK_SECRET'] ?? ''
  const emulator = {
    webhookSecret,
    webhookUrl: `${api}/v1/webhooks/stripe`,
    ...(options.watchStripe === undefined ? {} : { watch: options.watchStripe }),
  }
  const services = await startServices({
    ports: options.ports,
    log: (line) => log('services', line),
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(usesRealStripe(ownVars, example) ? {} : { stripe: emulator }),
  })
  const stateDir =
    options.dataDir === undefined ? makeScratchFolder(tmpdir(), EPHEMERAL_WORKER) : workerFolder(options.dataDir)
  const cleanUp = async () => {
    await services.stop()
    if (options.dataDir === undefined) removeScratchFolder(stateDir)
  }
  try {
    signal?.throwIfAborted()
    const vars = withLocalAddresses(ownVars, {
      api,
      databaseUrl: services.postgres.connectionString,
      neon: services.neon.url,
      smtpPort: services.mailbox.smtpPort,
      turnstile: services.turnstile.url,
      pwned: services.pwned.url,
      stripe: services.stripe === undefined ? undefined : { url: services.stripe.url, webhookSecret },
    })
    const worker = await startWorker({
      folder,
      port: apiPort,
      vars: { ...vars, ...options.vars },
      stateDir,
      log: (line) => log('worker', line),
      signal,
    })
    const crons = options.cron === 'never' ? [] : readCronExpressions(path.join(folder, 'wrangler.toml'))
    return watch(
      services,
      worker,
      fireCron(api, crons, (line) => log('cron', line)),
      cleanUp,
    )
  } catch (error) {
    await cleanUp()
    throw error
  }
}

function watch(
  services: RunningServices,
  worker: RunningWorker,
  endCron: () => void,
  cleanUp: () => Promise<void>,
): RunningStack {
  let stopping: Promise<void> | undefined
  const stopAll = async () => {
    endCron()
    await worker.stop()
    await cleanUp()
  }
  const stop = () => (stopping ??= stopAll())
  const broken = new Promise<string>((resolve) => {
    const report = (reason: string) => {
      if (stopping !== undefined) return
      resolve(reason)
      void stop()
    }
    void worker.exited.then(report)
    void services.postgres.exited.then(report)
  })
  return {
    urls: {
      api: worker.url,
      neon: services.neon.url,
      mail: services.mailbox.url,
      stripe: services.stripe?.url ?? 'https://api.stripe.com',
      smtp: `smtp://127.0.0.1:${services.mailbox.smtpPort}`,
      database: services.postgres.connectionString,
    },
    services,
    broken,
    stop,
  }
}

async function assertPortsFree(ports: StackPorts): Promise<void> {
  for (const { part, variable } of PORT_SETTINGS) {
    const port = ports[part]
    if (port === 0 || (await isPortFree(port))) continue
    throw new Error(`port ${port} is in use: stop what listens there, or set ${variable} to another port`)
  }
}
