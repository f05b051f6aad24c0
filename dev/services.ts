import { seed } from '../drizzle/seed/seed.ts'
import { postgresFolder } from './left-overs.ts'
import { startMailbox } from './mailbox/server.ts'
import type { RunningMailbox } from './mailbox/server.ts'
import { applyMigrations } from './migrate.ts'
import { startNeonProxy } from './neon-proxy/server.ts'
import type { RunningNeonProxy } from './neon-proxy/server.ts'
import { startPwnedPasswords } from './pwned-passwords.ts'
import type { RunningPwnedPasswords } from './pwned-passwords.ts'
import { startPostgres } from './postgres/server.ts'
import type { RunningPostgres } from './postgres/server.ts'
import { stopAll } from './stop-all.ts'
import type { Watch } from './stripe/emulator.ts'
import { startStripeEmulator } from './stripe/server.ts'
import { startTurnstile } from './turnstile/server.ts'
import type { RunningTurnstile } from './turnstile/server.ts'

/** The port of each service; 0 takes any free one. */
export interface ServicePorts {
  postgres: number
  neon: number
  stripe: number
  mail: number
  smtp: number
}

export const ANY_PORTS: ServicePorts = { postgres: 0, neon: 0, stripe: 0, mail: 0, smtp: 0 }

export interface ServicesOptions {
  ports: ServicePorts
  /** Folder that keeps the database; without it nothing is kept. */
  dataDir?: string
  /** What the emulator signs webhooks with, where it sends them, and who sees it; without this none is started. */
  stripe?: { webhookSecret: string; webhookUrl?: string; watch?: Watch }
  log?: (line: string) => void
}

export type RunningStripe = Awaited<ReturnType<typeof startStripeEmulator>>

export interface RunningServices {
  postgres: RunningPostgres
  neon: RunningNeonProxy
  mailbox: RunningMailbox
  turnstile: RunningTurnstile
  stripe: RunningStripe | undefined
  pwned: RunningPwnedPasswords
  stop(): Promise<void>
}

/**
 * Starts everything that Mercat talks to: a migrated and seeded database, the Neon proxy, Stripe's emulator, a
 * mailbox, and stand-ins for Turnstile's siteverify and for range queries of breached passwords.
 */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { ports, dataDir, stripe, log = () => undefined } = options
  const started: { stop(): Promise<void> }[] = []
  const stop = () => stopAll(started)
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    started.push(part)
    return part
  }
  try {
    const storage = dataDir === undefined ? { ephemeral: true } : { dataDir: postgresFolder(dataDir) }
    const postgres = keep(await startPostgres({ port: ports.postgres, log, ...storage }))
    await applyMigrations(postgres.connectionString)
    await seed(postgres.connectionString)
    const pgConnectionString = postgres.connectionString
    const neon = keep(await startNeonProxy({ port: ports.neon, pgConnectionString }))
    const mailbox = keep(await startMailbox({ httpPort: ports.mail, smtpPort: ports.smtp }))
    const turnstile = keep(await startTurnstile(0))
    const pwned = keep(await startPwnedPasswords())
    const emulator =
      stripe === undefined ? undefined : keep(await startStripeEmulator({ port: ports.stripe, log, ...stripe }))
    return { postgres, neon, mailbox, turnstile, pwned, stripe: emulator, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
