import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { z } from 'zod'

/** Thrown by a handler to answer with a status and `{ "message": … }`. */
export class HttpFailure extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface LocalServer {
  server: Server
  port: number
  /** Accepts no new connections, gives running requests a moment to finish, then closes the rest. */
  close: () => Promise<void>
}

/**
 * An HTTP server on 127.0.0.1; port 0 takes any free one. A handler that throws is answered with JSON: its HttpFailure, or
 * a 500 with the message. Throws when the port is taken; `portName` names the setting to change in that message.
 */
export async function listenLocally(
  port: number,
  portName: string,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LocalServer> {
  const server = createServer({
    // A client that reuses connections must never send on one that we are closing.
    keepAliveTimeout: 600_000,
    requestTimeout: 0,
  })
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.destroyed) return
      if (response.headersSent) {
        response.destroy()
        return
      }
      const message = error instanceof Error ? error.message : String(error)
      sendJson(response, error instanceof HttpFailure ? error.status : 500, { message })
    })
  })
  const listening = once(server, 'listening')
  server.listen(port, '127.0.0.1')
  try {
    await listening
  } catch (cause) {
    throw new Error(`cannot listen on 127.0.0.1:${port} (set ${portName} to another port)`, { cause })
  }
  const address = server.address()
  const taken = address !== null && typeof address === 'object' ? address.port : port
  return { server, port: taken, close: () => closeServer(server) }
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const insist = setTimeout(() => server.closeAllConnections(), 1000)
  await closed
  clearTimeout(insist)
}

/** The whole body; throws HttpFailure 413 above `limit` bytes. */
export async function readBody(request: IncomingMessage, limit = 64 * 1024 * 1024): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limit) throw new HttpFailure(413, `the body is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The JSON body, parsed by `schema`; throws HttpFailure 400 that says what is wrong. */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const text = await readBody(request)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new HttpFailure(400, 'the body is not JSON')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const first = parsed.error.issues[0]
  throw new HttpFailure(400, `${first?.path.join('.') ?? 'body'}: ${first?.message ?? 'not understood'}`)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value))
}

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

export function sendNothing(response: ServerResponse): void {
  response.writeHead(204)
  response.end()
}
