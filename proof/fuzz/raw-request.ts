import { Agent, request } from 'node:http'

export interface RawRequest {
  method: string
  /** Path and query as they go over the wire. */
  target: string
  /** A list of values is sent as that many lines. */
  headers: Record<string, string | string[]>
  body?: Uint8Array
  /** Without a length, in pieces. */
  isChunked?: boolean
}

export interface RawAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

const agent = new Agent({ keepAlive: true })

/** The connection ended under a request: the server had closed it after an answer to which it did not read the body. */
const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')

/**
 * Sends what `fetch` would refuse or mend: any method, target and header that Node's parser lets through. A connection
 * that was kept open and is gone is replaced by a new one.
 */
export async function sendRaw(api: string, request: RawRequest): Promise<RawAnswer> {
  try {
    return await sendOnce(api, request, agent)
  } catch (error) {
    if (!isReset(error)) throw error
    return sendOnce(api, request, new Agent())
  }
}

function sendOnce(
  api: string,
  { method, target, headers, body, isChunked = false }: RawRequest,
  agent: Agent,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(api)
  // Node frames bodies of its own accord only for the usual methods.
  const framing = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body?.byteLength) }
  const framed = body === undefined ? headers : { ...headers, ...framing }
  return new Promise((resolve, reject) => {
    const call = request(
      { agent, hostname, port, method, path: target, headers: framed, timeout: 20_000 },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    call.on('timeout', () => call.destroy(new Error(`no answer to ${method} ${target}`)))
    call.on('error', reject)
    call.end(body)
  })
}
