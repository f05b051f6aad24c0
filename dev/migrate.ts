import path from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'
import { seed } from '../drizzle/seed/seed.ts'

const MIGRATIONS = path.resolve(import.meta.dirname, '../drizzle')
/** Any number will do, as long as everybody who migrates takes the same one. */
const MIGRATION_LOCK = 7_316_002

/** Brings a database to the schema of `drizzle/`; safe to run again, and twice at once. */
export async function applyMigrations(connectionString: string): Promise<void> {
  const client = new Client({ connectionString })
  // Every migration says "already exists, skipping" about Drizzle's own table.
  client.on('notice', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS })
  } finally {
    await client.end()
  }
}

if (import.meta.main) {
  const connectionString = process.env['DATABASE_URL']
  if (connectionString === undefined || connectionString === '') {
    console.error('DATABASE_URL is not set: give the connection string of the database to change')
    process.exit(1)
  }
  const seedOnly = process.argv.includes('--seed')
  await (seedOnly ? seed(connectionString) : applyMigrations(connectionString))
  console.log(seedOnly ? 'reference and sample data are in place' : 'the schema is up to date')
}
