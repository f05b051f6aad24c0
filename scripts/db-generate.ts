import { spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { readFlags } from '../dev/flags.ts'
import { Client } from 'pg'
import { applyMigrations } from '../dev/migrate.ts'
import { startPostgres } from '../dev/postgres/server.ts'
import { functionChanges, readFunctions } from './function-changes.ts'

// Writes a migration for what changed in `src/db/schema` and `src/db/functions`. With `--check` it writes nothing and fails
// when a function differs from what the migrations make.

const ROOT = path.join(import.meta.dirname, '..')
const DRIZZLE = path.join(ROOT, 'drizzle')
const BREAKPOINT = '--> statement-breakpoint\n'

const values = readFlags({ name: { type: 'string', default: 'changes' }, check: { type: 'boolean', default: false } })

function drizzleKit(...args: string[]): void {
  const program = path.join(ROOT, 'node_modules', '.bin', 'drizzle-kit')
  const { status } = spawnSync(program, ['generate', '--name', values.name, ...args], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) throw new Error('drizzle-kit failed')
}

const migrations = () =>
  readdirSync(DRIZZLE)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()

async function changedFunctions(): Promise<string[]> {
  const texts = readFunctions()
  const postgres = await startPostgres({ port: 0, ephemeral: true })
  try {
    await applyMigrations(postgres.connectionString)
    const client = new Client({ connectionString: postgres.connectionString })
    await client.connect()
    try {
      return await functionChanges(client, texts)
    } finally {
      await client.end()
    }
  } finally {
    await postgres.stop()
  }
}

if (values.check) {
  const changes = await changedFunctions()
  if (changes.length > 0) {
    console.error(
      `src/db/functions has changes that no migration makes: run npm run db:generate\n\n${changes.join('\n')}`,
    )
    process.exitCode = 1
  }
} else {
  const before = migrations()
  drizzleKit()
  const changes = await changedFunctions()
  if (changes.length > 0) {
    if (migrations().length === before.length) drizzleKit('--custom')
    const file = path.join(DRIZZLE, migrations().at(-1) ?? '')
    const text = readFileSync(file, 'utf8')
    const hasStatements = text.split('\n').some((line) => line.trim() !== '' && !line.startsWith('--'))
    // A new custom migration is a comment without an end of line, which must not swallow the first statement.
    const gap = hasStatements ? `\n${BREAKPOINT}` : '\n'
    appendFileSync(file, `${gap}${changes.join(`\n${BREAKPOINT}`)}\n`)
    console.log(`${changes.length} changes of functions written to drizzle/${path.basename(file)}`)
  }
}
