import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { readLiveProcess, recordProcess, signalProcess } from './process-identity.ts'

/** File in a folder that names the process that uses it. */
export const ownerFile = (folder: string) => path.join(folder, 'owner.json')
/** File in a folder that names a process group started for it; it goes when the folder's owner is gone. */
export const processFile = (folder: string, name: string) => path.join(folder, `${name}.process.json`)

/**
 * A new folder that nobody keeps, below `parent`. Folders with the same prefix whose owner was killed are removed first,
 * with the processes that were started for them.
 */
export function makeScratchFolder(parent: string, prefix: string): string {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix)) removeIfAbandoned(path.join(parent, name))
  }
  const folder = mkdtempSync(path.join(parent, prefix))
  chmodSync(folder, 0o755)
  recordProcess(ownerFile(folder), process.pid)
  return folder
}

export function removeScratchFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

function removeIfAbandoned(folder: string): void {
  if (!existsSync(ownerFile(folder)) || statSync(folder).uid !== process.getuid?.()) return
  if (readLiveProcess(ownerFile(folder)) !== undefined) return
  for (const name of readdirSync(folder)) {
    const leader = name.endsWith('.process.json') ? readLiveProcess(path.join(folder, name)) : undefined
    if (leader !== undefined) signalProcess(-leader, 'SIGKILL')
  }
  removeScratchFolder(folder)
}
