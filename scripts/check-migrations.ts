import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

// Fails when the schema says something that no migration does: a generation into a copy must add nothing.
const root = path.join(import.meta.dirname, '..')
const folder = mkdtempSync(path.join(tmpdir(), 'check-migrations-'))
const copy = path.join(folder, 'drizzle')
const config = path.join(folder, 'drizzle.config.ts')

const migrationsIn = (where: string) => readdirSync(where).filter((name) => name.endsWith('.sql'))

try {
  cpSync(path.join(root, 'drizzle'), copy, { recursive: true })
  // drizzle-kit takes paths below the working directory only, written as relative ones.
  const settings = { out: path.relative(root, copy) }
  writeFileSync(
    config,
    `import config from ${JSON.stringify(path.join(root, 'drizzle.config.ts'))}\n` +
      `export default { ...config, ...${JSON.stringify(settings)} }\n`,
  )
  const kit = (...args: string[]) =>
    execFileSync(path.join(root, 'node_modules', '.bin', 'drizzle-kit'), args, { cwd: root, encoding: 'utf8' })
  kit('check')
  kit('generate', '--config', path.relative(root, config))
  const added = migrationsIn(copy).filter((name) => !migrationsIn(path.join(root, 'drizzle')).includes(name))
  if (added.length > 0) {
    console.error('src/db/schema has changes that no migration makes: run npm run db:generate')
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
