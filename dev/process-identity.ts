import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { z } from 'zod'

/** A process as a file can remember it: ids are reused after a reboot, so the start time is part of the name. */
const processIdentity = z.object({ pid: z.int(), startedAt: z.string() })
type ProcessIdentity = z.infer<typeof processIdentity>

/** Identity of a live process, or undefined when there is none with that id. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = `/proc/${pid}/stat`
  if (existsSync('/proc/self/stat')) {
    try {
      const text = readFileSync(stat, 'utf8')
      // The command name stands in parentheses and may hold spaces; the start time is field 22, the state field 3.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? undefined : { pid, startedAt: fields[19] ?? '' }
    } catch {
      return undefined
    }
  }
  try {
    // Without `ps` (Windows) no process is known again, and so none is ever taken for our own.
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return startedAt === '' ? undefined : { pid, startedAt }
  } catch {
    return undefined
  }
}

/** Writes who a process is to a file, for `readLiveProcess` of a later run. */
export function recordProcess(file: string, pid: number): void {
  writeFileSync(file, JSON.stringify(identifyProcess(pid) ?? { pid, startedAt: '' }))
}

/** What `recordProcess` wrote to a file; undefined when there is no such file. */
export function readRecordedProcess(file: string): ProcessIdentity | undefined {
  try {
    return processIdentity.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** The process id recorded in a file, if that very process still lives. */
export function readLiveProcess(file: string): number | undefined {
  const recorded = readRecordedProcess(file)
  const now = recorded && identifyProcess(recorded.pid)
  return now !== undefined && now.startedAt === recorded?.startedAt ? now.pid : undefined
}

/** Sends a signal to a process, or to a group of processes when `pid` is negative; false when it is gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}
