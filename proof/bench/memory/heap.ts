import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import WebSocket from 'ws'
import { z } from 'zod'

const targets = z.array(z.object({ webSocketDebuggerUrl: z.string(), title: z.string().optional(), id: z.string() }))
const usage = z.object({
  usedSize: z.number(),
  /** Bytes outside the heap: objects of workerd that the Worker holds, such as requests and streams, and its buffers. */
  embedderHeapUsedSize: z.number().default(0),
  backingStorageSize: z.number().default(0),
})
const reply = z.object({ id: z.int().optional(), result: z.unknown() })

/** The inspector answers within this time, however busy the Worker is. */
const ANSWER_MS = 30_000

/** Looks into the memory of a running workerd. */
export interface HeapWatch {
  /** Bytes that the Worker's isolate still holds after a collection of garbage, in its heap and outside. */
  liveBytes(): Promise<number>
  stop(): void
}

/** Speaks to the inspector at a port of this machine, about the Worker with that name. */
export async function watchHeap(inspectorPort: number, worker: string): Promise<HeapWatch> {
  const answer = await fetch(`http://127.0.0.1:${inspectorPort}/json`)
  const found = targets.parse(await answer.json()).find(({ id, title = '' }) => `${id} ${title}`.includes(worker))
  if (found === undefined) throw new Error(`the inspector knows no Worker ${worker}`)
  const socket = new WebSocket(found.webSocketDebuggerUrl)
  await once(socket, 'open')
  let last = 0
  const ask = (method: string) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++last
      const listen = (data: WebSocket.RawData) => {
        if (!Buffer.isBuffer(data)) return
        const message = reply.parse(JSON.parse(data.toString('utf8')))
        if (message.id !== id) return
        settle()
        resolve(message.result)
      }
      const impatience = setTimeout(() => {
        settle()
        reject(new Error(`the inspector did not answer ${method} in ${ANSWER_MS / 1_000} s`))
      }, ANSWER_MS)
      const settle = () => {
        clearTimeout(impatience)
        socket.off('message', listen)
      }
      socket.on('message', listen)
      socket.send(JSON.stringify({ id, method }))
    })
  return {
    async liveBytes() {
      await ask('HeapProfiler.collectGarbage')
      const { usedSize, embedderHeapUsedSize, backingStorageSize } = usage.parse(await ask('Runtime.getHeapUsage'))
      return usedSize + embedderHeapUsedSize + backingStorageSize
    },
    stop: () => socket.close(),
  }
}

/** Resident bytes of the workerd that this process started (Linux). */
export function residentBytes(): number {
  const ofUs = new Set([process.pid])
  for (const pid of readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .toSorted((a, b) => a - b)) {
    const status = statusOf(pid)
    if (!ofUs.has(status.parent)) continue
    ofUs.add(pid)
    if (status.name === 'workerd') return status.residentBytes
  }
  throw new Error('this process has started no workerd')
}

function statusOf(pid: number) {
  let text = ''
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    // The process has ended meanwhile.
  }
  const field = (name: string) => new RegExp(`^${name}:\\s+(.+)$`, 'm').exec(text)?.[1] ?? ''
  return {
    name: field('Name'),
    parent: Number(field('PPid')),
    residentBytes: Number.parseInt(field('VmRSS'), 10) * 1_024,
  }
}
