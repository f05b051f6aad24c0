import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'
import { seed } from '../drizzle/seed/seed.ts'

const MIGRATIONS = path.resolve(import.meta.dirname, '../drizzle')
/** Any number works, as long as all migrations use the same one. */
const MIGRATION_LOCK = 7_316_002
/** `lock_not_available`, when `lock_timeout` is over, and `deadlock_detected`. Both roll everything back. */
const BLOCKED = new Set<unknown>(['55P03', '40P01'])

export interface MigrationOptions {
  /** Folder of the migrations; the project's by default. */
  folder?: string
  /** How long to wait for a lock on a table. It is short, since everybody else who wants the table waits behind us. */
  lockTimeoutMs?: number
  /** The pause between two attempts, so that those who waited behind us get their turn. */
  pauseMs?: number
  attempts?: number
  log?: (line: string) => void
}

/**
 * Brings a database to the schema of `drizzle/`; safe to run again, and twice at once. All that is pending is one
 * transaction. Throws when tables stay locked by others through all attempts; then nothing has changed.
 */
export async function applyMigrations(connectionString: string, options: MigrationOptions = {}): Promise<void> {
  const { folder = MIGRATIONS, lockTimeoutMs = 3_000, pauseMs = 5_000, attempts = 20, log = () => undefined } = options
  const client = new Client({ connectionString })
  // Every migration prints "already exists, skipping" about Drizzle's own table.
  client.on('notice', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(`set lock_timeout = ${Math.round(lockTimeoutMs)}`)
    for (let attempt = 1; ; attempt++) {
      try {
        return await migrate(drizzle(client), { migrationsFolder: folder })
      } catch (error) {
        if (!isBlocked(error)) throw error
        const what = `a table was locked by others for ${lockTimeoutMs / 1_000} s, or both waited for each other`
        const why = `${what} (${await describeOldest(client)})`
        if (attempt >= attempts) {
          throw new Error(`nothing was migrated, after ${attempts} attempts: ${why}. Try again when it has ended.`, {
            cause: error,
          })
        }
        log(`attempt ${attempt} of ${attempts}: ${why}; again in ${pauseMs / 1_000} s`)
        await delay(pauseMs)
      }
    }
  } finally {
    await client.end()
  }
}

function isBlocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && BLOCKED.has(error.code)) || isBlocked(error.cause)
}

/** The oldest transaction, which most likely holds the lock. */
async function describeOldest(client: Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; state: string; since: string }>(`
    select pid, state, to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as since from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null order by xact_start limit 1`)
  const [oldest] = rows
  if (oldest === undefined) return 'no transaction is open any more'
  return `oldest open transaction: process ${oldest.pid}, ${oldest.state}, since ${oldest.since} UTC`
}

if (import.meta.main) {
  const connectionString = process.env['DATABASE_URL']
  if (connectionString === undefined || connectionString === '') {
    console.error('DATABASE_URL is not set: give the connection string of the database to change')
    process.exit(1)
  }
  const seedOnly = process.argv.includes('--seed')
  try {
    await (seedOnly ? seed(connectionString) : applyMigrations(connectionString, { log: (line) => console.log(line) }))
    console.log(seedOnly ? 'reference and sample data are in place' : 'the schema is up to date')
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error))
    console.error(cause instanceof Error ? `${message}\n  because: ${cause.message}` : message)
    process.exitCode = 1
  }
}
