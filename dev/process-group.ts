import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { identifyProcess, readRecordedProcess, signalProcess } from './process-identity.ts'

/** In the environment of every process of a recorded group: the file that it is recorded in. */
const MARK = 'MERCAT_PROCESS_FILE'

/**
 * Options of `spawn` for a child that leads a process group, so that its own children can be ended with it, and that
 * Ctrl-C in the terminal does not reach: the starter stops its parts in order. Windows has no groups; there a detached
 * child would get a window of its own.
 */
export const asGroupLeader = (file: string) => ({
  detached: process.platform !== 'win32',
  windowsHide: true,
  env: { ...process.env, [MARK]: file },
})

/** Sends a signal to all processes of a group; on Windows it ends the leader and what descends from it at once. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  if (process.platform !== 'win32') {
    signalProcess(-leader, signal)
    return
  }
  try {
    execFileSync('taskkill', ['/pid', String(leader), '/T', '/F'], { stdio: 'ignore' })
  } catch {
    // The process has ended already.
  }
}

/**
 * Kills what still runs of the group whose leader `recordProcess` wrote to this file. A leader is known by its start
 * time; members without their leader by the mark in their environment, which only Linux tells.
 */
export function endRecordedGroup(file: string): void {
  const recorded = readRecordedProcess(file)
  if (recorded === undefined) return
  const { pid, startedAt } = recorded
  if (startedAt !== '' && identifyProcess(pid)?.startedAt === startedAt) signalGroup(pid, 'SIGKILL')
  for (const member of markedMembers(pid, file)) signalProcess(member, 'SIGKILL')
}

function markedMembers(group: number, file: string): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isMarkedMember(pid, group, file))
  } catch {
    return []
  }
}

function isMarkedMember(pid: number, group: number, file: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // After the command name in parentheses: state, parent, process group.
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] !== String(group)) return false
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${MARK}=${file}`)
  } catch {
    return false
  }
}
