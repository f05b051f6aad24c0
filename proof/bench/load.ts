import { Agent, type ClientRequest, request } from 'node:http'

/** One HTTP request. A body is sent as it is. */
export interface Call {
  method: string
  url: string
  headers?: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  text: string
}

/** Connections stay open, so that none is made while time is taken. */
const agent = new Agent({ keepAlive: true, maxSockets: 128, scheduling: 'lifo' })

/**
 * Sends one request and reads its answer to the end. Rejects when the connection breaks, unless it was an old one that
 * broke before any answer. workerd closes what idled for five seconds, and does so late when it was busy: just as the
 * next requests arrive, which it then has not read.
 */
export async function send(call: Call): Promise<Answer> {
  for (;;) {
    const outgoing = open(call)
    try {
      return await answerTo(outgoing, call.body)
    } catch (error) {
      if (!outgoing.reusedSocket || !hasCode(error, 'ECONNRESET', 'EPIPE')) throw error
    }
  }
}

function open({ method, url, headers = {}, body }: Call): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return request(url, { method, agent, headers: { ...headers, ...length } })
}

function answerTo(outgoing: ClientRequest, body: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', (cause) => reject(new Error('the answer broke off', { cause })))
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    outgoing.end(body)
  })
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** As `send`; throws with the answer when it has another status. */
export async function sendExpecting(status: number, call: Call): Promise<Answer> {
  const answer = await send(call)
  if (answer.status === status) return answer
  throw new Error(`${call.method} ${call.url} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`)
}

/** Ends the connections that are kept open. */
export const closeConnections = (): void => agent.destroy()

/** Works through `items` in their order, `concurrency` of them at a time. Results stand in the order of the items. */
export async function inParallel<T, R>(
  concurrency: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const runner = async () => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at]
      if (item !== undefined) results[at] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, runner))
  return results
}
