import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { waitUntil } from '../../../dev/wait-until.ts'

const START = path.resolve(import.meta.dirname, '../../../dev/start.ts')

export interface StartedStack {
  child: ChildProcess
  output: () => string
  /** Waits for the line that starts with `ready` and answers the addresses in it by name. */
  ready(): Promise<Record<string, string>>
  /** Waits for the end and answers the exit code, null after a signal. */
  ended(): Promise<number | null>
}

/** Runs `npm run dev`'s program on free ports, or on those given in `environment`. */
export function startStackProcess(flags: string[], environment: Record<string, string> = {}): StartedStack {
  const names = ['API', 'STRIPE', 'MAIL', 'SMTP', 'NEON', 'PG']
  const freePorts = Object.fromEntries(names.map((name) => [`MERCAT_${name}_PORT`, '0']))
  const child = spawn(process.execPath, [START, ...flags], {
    env: { ...process.env, ...freePorts, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return {
    child,
    output: () => text,
    async ready() {
      const patience = { timeoutMs: 100_000, everyMs: 100, isFinal: () => child.exitCode !== null }
      const line = await waitUntil(`ready in: ${text}`, () => /^ready .*$/m.exec(text)?.[0], patience)
      return Object.fromEntries([...line.matchAll(/(\w+) (http\S+)/g)].map(([, name, url]) => [name, url]))
    },
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return child.exitCode
    },
  }
}

/** Ids of all living processes below one, children of children included. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const { id, parent } of livingProcesses()) children.set(parent, [...(children.get(parent) ?? []), id])
  const below = (id: number): number[] => (children.get(id) ?? []).flatMap((each) => [each, ...below(each)])
  return below(pid)
}

/** Name of the program that a process runs; empty when it is gone. */
export function programOf(pid: number): string {
  try {
    return path.basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return ''
  }
}

export function stillAlive(pids: number[]): number[] {
  const living = new Set(livingProcesses().map(({ id }) => id))
  return pids.filter((pid) => living.has(pid))
}

/** Dead processes that nobody has asked about yet are not counted. */
function livingProcesses(): { id: number; parent: number }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return state === 'Z' ? [] : [{ id: Number(name), parent: Number(parent) }]
    } catch {
      return []
    }
  })
}
