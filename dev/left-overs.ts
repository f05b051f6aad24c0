import { existsSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EPHEMERAL_POSTGRES, stopOrphan } from './postgres/data-directory.ts'
import { postgresUser, temporaryFolder } from './postgres/system-user.ts'
import { endRecordedGroup } from './process-group.ts'
import { processFile, removeAbandonedFolders } from './scratch-folder.ts'

/** Prefix of the folders for the Worker's state when nothing is kept. */
export const EPHEMERAL_WORKER = 'mercat-worker-'
export const postgresFolder = (dataDir: string) => path.join(dataDir, 'postgres')
export const workerFolder = (dataDir: string) => path.join(dataDir, 'wrangler')
/** File in the folder of the Worker's state that names the group of its processes. */
export const workerFile = (stateDir: string) => processFile(stateDir, 'wrangler')

/**
 * Stops what a starter that was killed has left running, in this data folder or in folders that nobody keeps, so that
 * its ports and files are free again. Throws when the stack of this data folder is alive.
 */
export async function clearLeftOvers(dataDir: string | undefined): Promise<void> {
  if (dataDir !== undefined) {
    const root = postgresFolder(dataDir)
    if (existsSync(root)) await stopOrphan(realpathSync(root))
    endRecordedGroup(workerFile(workerFolder(dataDir)))
  }
  removeAbandonedFolders(tmpdir(), EPHEMERAL_WORKER)
  removeAbandonedFolders(temporaryFolder(postgresUser()), EPHEMERAL_POSTGRES)
}
