import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { handleApiCall } from './api/dispatch.ts'
import { handleControlCall } from './control/handle.ts'
import { createEmulator, type EmulatorOptions } from './create-emulator.ts'
import type { Emulator } from './emulator.ts'
import { handlePage } from './hosted/handle.ts'
import { sendJson } from './http.ts'
import { expireOverdue } from './payments/expire-session.ts'

type StripeEmulatorOptions = EmulatorOptions & {
  /** 0 takes any free port. */
  port: number
}

export type StripeEmulator = {
  url: string
  port: number
  stop(): Promise<void>
  setWebhookUrl(url: string): void
}

const EXPIRY_CHECK_MS = 1000
const KEEP_ALIVE_MS = 65_000

/** Starts the emulator on 127.0.0.1; everything it knows is in memory and gone when it stops. */
export async function startStripeEmulator(options: StripeEmulatorOptions): Promise<StripeEmulator> {
  const emulator = createEmulator(options)
  const server = createServer((request, response) => {
    handle(emulator, request, response).catch((error: unknown) => {
      // A client that went away in the middle of its request is no failure of ours.
      if (!request.destroyed) emulator.log(`failed: ${String(error)}`)
      response.destroy()
    })
  })
  // Clients keep connections open between calls; closing one as they send on it would look like a failure of Stripe's.
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const port = await listen(server, options.port)
  const url = `http://127.0.0.1:${port}`
  if (options.publicUrl === undefined) emulator.publicUrl = url
  const clock = setInterval(() => expireOverdue(emulator), EXPIRY_CHECK_MS)
  clock.unref()
  return {
    url,
    port,
    setWebhookUrl: (webhookUrl) => emulator.webhooks.setUrl(webhookUrl),
    async stop() {
      clearInterval(clock)
      emulator.webhooks.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

async function handle(emulator: Emulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator.invalid')
  const path = url.pathname
  if (path.startsWith('/v1/') || path.startsWith('/v2/')) return handleApiCall(emulator, request, response, url)
  if (path.startsWith('/_emulator')) return handleControlCall(emulator, request, response, path)
  if (path === '/') return sendJson(response, 200, { name: 'Stripe emulator', mode: 'test', control: '/_emulator' })
  return handlePage(emulator, request, response, path)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
