import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { readLiveProcess, recordProcess, signalProcess } from '../process-identity.ts'
import { makeScratchFolder, ownerFile, processFile } from '../scratch-folder.ts'
import { waitUntil } from '../wait-until.ts'
import { canReach, temporaryFolder } from './system-user.ts'
import type { SystemUser } from './system-user.ts'

/** File beside the cluster that names the postmaster. */
export const postmasterFile = (root: string) => processFile(root, 'postmaster')
/** The cluster itself (PGDATA). */
export const clusterFolder = (root: string) => path.join(root, 'cluster')

/** Prefix of the folders of temporary clusters. */
export const EPHEMERAL_POSTGRES = 'mercat-pg-'

/** A new folder for a temporary cluster. */
export function makeEphemeralRoot(user: SystemUser | undefined): string {
  return makeScratchFolder(temporaryFolder(user), EPHEMERAL_POSTGRES)
}

/**
 * Makes the folder for a cluster that is kept. When the account that runs PostgreSQL cannot get into it (a clone inside a
 * private home, run as root), the folder becomes a link to one in /var/tmp that it can enter; removing the link starts afresh.
 */
export function makeDurableRoot(folder: string, user: SystemUser | undefined, log: (line: string) => void): string {
  const existing = lstatSync(folder, { throwIfNoEntry: false })
  if (existing?.isSymbolicLink() === true && existsSync(folder)) return realpathSync(folder)
  if (existing?.isSymbolicLink() === true) rmSync(folder)
  mkdirSync(path.dirname(folder), { recursive: true })
  if (user === undefined || canReach(user, path.dirname(folder))) {
    mkdirSync(folder, { recursive: true })
    return folder
  }
  rmSync(folder, { recursive: true, force: true })
  const parent = existsSync('/var/tmp') && canReach(user, '/var/tmp') ? '/var/tmp' : temporaryFolder(user)
  const root = mkdtempSync(path.join(parent, 'mercat-postgres-'))
  chmodSync(root, 0o755)
  symlinkSync(root, folder)
  log(`the system user "postgres" cannot enter ${path.dirname(folder)}: the database is kept in ${root}`)
  return root
}

/** Gives a folder to the account that runs PostgreSQL. */
export function giveTo(user: SystemUser | undefined, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
}

/**
 * Stops a postmaster that lives on without its owner, which was killed.
 * Throws when the owner is alive, because two stacks must not share one data folder.
 */
export async function stopOrphan(root: string): Promise<void> {
  const owner = readLiveProcess(ownerFile(root))
  if (owner !== undefined) {
    throw new Error(`the data folder ${root} is in use by process ${owner}: stop it, or set MERCAT_DATA_DIR`)
  }
  const file = postmasterFile(root)
  const postmaster = readLiveProcess(file)
  if (postmaster !== undefined) {
    signalProcess(postmaster, 'SIGINT')
    await waitUntil('an earlier PostgreSQL to stop', () => readLiveProcess(file) === undefined)
  }
}

/** Makes this process the owner of a folder whose owner before it is gone. Throws as `stopOrphan` does. */
export async function takeOver(root: string): Promise<void> {
  await stopOrphan(root)
  // PostgreSQL does not start beside a stale one.
  rmSync(path.join(clusterFolder(root), 'postmaster.pid'), { force: true })
  recordProcess(ownerFile(root), process.pid)
}
