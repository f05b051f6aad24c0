import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { readLiveProcess, signalProcess } from '../process-identity.ts'
import { waitUntil } from '../wait-until.ts'
import { canReach, temporaryFolder } from './system-user.ts'
import type { SystemUser } from './system-user.ts'

const EPHEMERAL_PREFIX = 'mercat-pg-'

/** File beside the cluster that names the process that runs it. */
export const ownerFile = (root: string) => path.join(root, 'owner.json')
/** File beside the cluster that names the postmaster. */
export const postmasterFile = (root: string) => path.join(root, 'postmaster.json')
/** The cluster itself (PGDATA). */
export const clusterFolder = (root: string) => path.join(root, 'cluster')

/** A new folder for a cluster that nobody keeps; folders that a killed run left behind are removed first. */
export async function makeEphemeralRoot(user: SystemUser | undefined): Promise<string> {
  const parent = temporaryFolder(user)
  await sweepAbandoned(parent)
  const root = mkdtempSync(path.join(parent, EPHEMERAL_PREFIX))
  chmodSync(root, 0o755)
  return root
}

/** Stops the server and removes the folder of every ephemeral run whose owner is no more. */
async function sweepAbandoned(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const root = path.join(parent, name)
    if (!name.startsWith(EPHEMERAL_PREFIX) || !existsSync(ownerFile(root))) continue
    if (statSync(root).uid !== process.getuid?.() || readLiveProcess(ownerFile(root)) !== undefined) continue
    await stopAbandoned(root)
    rmSync(root, { recursive: true, force: true })
  }
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
 * Clears what a killed run left: a postmaster that lives on without its owner is stopped, a stale postmaster.pid removed.
 * Throws when the owner is alive, because two stacks must not share one data folder.
 */
export async function takeOver(root: string): Promise<void> {
  const owner = readLiveProcess(ownerFile(root))
  if (owner !== undefined && owner !== process.pid) {
    throw new Error(`the data folder ${root} is in use by process ${owner}: stop it, or set MERCAT_DATA_DIR`)
  }
  await stopAbandoned(root)
  rmSync(path.join(clusterFolder(root), 'postmaster.pid'), { force: true })
}

async function stopAbandoned(root: string): Promise<void> {
  const file = postmasterFile(root)
  const postmaster = readLiveProcess(file)
  if (postmaster === undefined) return
  signalProcess(postmaster, 'SIGINT')
  await waitUntil('an earlier PostgreSQL to stop', () => readLiveProcess(file) === undefined)
}
