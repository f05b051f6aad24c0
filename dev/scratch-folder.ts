import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { endRecordedGroup } from './process-group.ts'
import { readLiveProcess, recordProcess } from './process-identity.ts'

/** File in a folder that names the process that uses it. */
export const ownerFile = (folder: string) => path.join(folder, 'owner.json')
/** File in a folder that names a process group started for it; it goes when the folder's owner is gone. */
export const processFile = (folder: string, name: string) => path.join(folder, `${name}.process.json`)

/**
 * A new folder that nobody keeps, below `parent`. Folders with the same prefix whose owner was killed are removed first,
 * with the processes that were started for them.
 */
export function makeScratchFolder(parent: string, prefix: string): string {
  removeAbandonedFolders(parent, prefix)
  const folder = mkdtempSync(path.join(parent, prefix))
  chmodSync(folder, 0o755)
  recordProcess(ownerFile(folder), process.pid)
  return folder
}

/** Removes the folders with this prefix whose owner was killed, and the processes that were started for them. */
export function removeAbandonedFolders(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix)) removeIfAbandoned(path.join(parent, name))
  }
}

export function removeScratchFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

function removeIfAbandoned(folder: string): void {
  if (!existsSync(ownerFile(folder)) || statSync(folder).uid !== process.getuid?.()) return
  if (readLiveProcess(ownerFile(folder)) !== undefined) return
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.process.json')) endRecordedGroup(path.join(folder, name))
  }
  removeScratchFolder(folder)
}
