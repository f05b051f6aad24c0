import { connect } from 'node:net'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'

/**
 * Serves the driver's WebSocket path: whatever host the client asks for, the bytes go to PostgreSQL at `host`:`port`.
 * Answers a function that ends every tunnel.
 */
export function serveTunnel(server: Server, host: string, port: number, latencyMs: () => number): () => void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path !== '/v1' && path !== '/v2') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      carry(webSocket, connect({ host, port, noDelay: true }), latencyMs)
    })
  })
  return () => {
    for (const client of sockets.clients) {
      client.close(1001)
      setTimeout(() => client.terminate(), 500).unref()
    }
    sockets.close()
  }
}

/** Either side's end, clean or not, closes the other cleanly: a driver takes an aborted WebSocket for an error. */
function carry(webSocket: WebSocket, database: Socket, latencyMs: () => number): void {
  const outward = halfARoundTrip(latencyMs)
  outward.pipe(database)
  webSocket.on('message', (data: Buffer) => outward.write(data))
  webSocket.on('close', () => outward.end())
  webSocket.on('error', () => database.destroy())
  const homeward = database.pipe(halfARoundTrip(latencyMs))
  homeward.on('data', (chunk: Buffer) => webSocket.send(chunk))
  homeward.on('end', () => webSocket.close())
  database.on('error', () => webSocket.close(1011, 'PostgreSQL hung up'))
}

/** Delays each chunk by half of the latency, in order, so that none overtakes another when the latency changes. */
function halfARoundTrip(latencyMs: () => number): Transform {
  let held = Promise.resolve()
  return new Transform({
    transform(chunk, _encoding, done) {
      held = after(held, performance.now() + latencyMs() / 2, () => this.push(chunk))
      done()
    },
    flush(done) {
      held = after(held, 0, done)
    },
  })
}

async function after(before: Promise<void>, due: number, act: () => void): Promise<void> {
  await before
  if (due > performance.now()) await delay(due - performance.now())
  act()
}
