import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { MailFaults } from './faults.ts'
import type { MessageStore, StoredMessage } from './store.ts'

const MESSAGE_LIMIT = 25 * 1024 * 1024
/** Long enough for a `timeout` fault to outlast any client. */
const IDLE_LIMIT_MS = 30 * 60_000

export interface RunningSmtp {
  port: number
  stop: () => Promise<void>
}

type Reply = (error: Error | null, message?: string) => void

/** An error that the client gets as this SMTP reply. */
function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

/** An SMTP server on 127.0.0.1 that keeps every message and accepts any user name and password, or none. */
export async function startSmtp(port: number, store: MessageStore, faults: MailFaults): Promise<RunningSmtp> {
  // The library hides the socket behind its session; both know the client's port.
  const sockets = new Map<number, Socket>()

  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply): Promise<void> => {
    try {
      const source = await readAll(stream)
      if (stream.sizeExceeded) return reply(refusal(552, `message exceeds ${MESSAGE_LIMIT} bytes`))
      const envelope = envelopeOf(session)
      const fault = faults.take(envelope.to)
      if (fault === 'reject') return reply(refusal(550, 'mailbox unavailable (asked to reject)'))
      if (fault === 'temporary') return reply(refusal(451, 'try again later (asked to defer)'))
      if (fault === 'timeout') return
      const { id } = await store.add(source, envelope)
      if (fault === 'drop_after_accept') sockets.get(session.remotePort)?.destroy()
      else reply(null, `kept as ${id}`)
    } catch (error) {
      // The client left in the middle, or the message cannot be parsed.
      reply(refusal(451, error instanceof Error ? error.message : String(error)))
    }
  }

  const smtp = new SMTPServer({
    name: 'mailbox.localhost',
    banner: 'Mercat mailbox',
    size: MESSAGE_LIMIT,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    socketTimeout: IDLE_LIMIT_MS,
    closeTimeout: 1000,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onData: (stream, session, done) => void receive(stream, session, done),
  })
  // A client that hangs up is not an error of the server.
  smtp.on('error', () => undefined)
  smtp.server.on('connection', (socket) => {
    const { remotePort } = socket
    if (remotePort === undefined) return
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  return listen(smtp, port, sockets)
}

async function listen(smtp: SMTPServer, port: number, sockets: Map<number, Socket>): Promise<RunningSmtp> {
  const listening = Promise.race([
    once(smtp.server, 'listening'),
    new Promise((_, reject) => smtp.server.once('error', reject)),
  ])
  smtp.listen(port, '127.0.0.1')
  try {
    await listening
  } catch (cause) {
    throw new Error(`cannot listen on 127.0.0.1:${port} (set MERCAT_SMTP_PORT to another port)`, { cause })
  }
  const address = smtp.server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        smtp.close(() => resolve())
      })
      for (const socket of sockets.values()) socket.destroy()
      await closed
    },
  }
}

async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function envelopeOf({ envelope }: SMTPServerSession): StoredMessage['envelope'] {
  return {
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
  }
}
