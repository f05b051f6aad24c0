import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** Ids of the account that runs PostgreSQL when we are root; PostgreSQL refuses to run as root. */
export interface SystemUser {
  uid: number
  gid: number
}

/**
 * The account to run PostgreSQL as: undefined (ourselves) unless we are root, then `postgres`, created when missing.
 * Throws when it is missing and cannot be created.
 */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const existing = findUser('postgres')
  if (existing !== undefined) return existing
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'pipe' })
  } catch (cause) {
    throw new Error('PostgreSQL does not run as root, and the system user "postgres" could not be created', { cause })
  }
  const created = findUser('postgres')
  if (created === undefined) throw new Error('the system user "postgres" was created but cannot be found')
  return created
}

function findUser(name: string): SystemUser | undefined {
  try {
    const id = (flag: string) =>
      Number.parseInt(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }), 10)
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

/** Whether that account can enter a folder: it must be able to enter every folder above it, too. */
export function canReach(user: SystemUser, folder: string): boolean {
  return spawnSync('test', ['-x', folder], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0
}

/** The folder for temporary files, or another one when TMPDIR is private to us and that account must get in. */
export function temporaryFolder(user: SystemUser | undefined): string {
  if (user === undefined) return tmpdir()
  const found = [tmpdir(), '/tmp', '/var/tmp'].find((folder) => existsSync(folder) && canReach(user, folder))
  if (found === undefined)
    throw new Error(`the system user "postgres" cannot enter ${tmpdir()}: set TMPDIR to a folder it can`)
  return found
}
