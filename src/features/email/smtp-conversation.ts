import { connect } from 'cloudflare:sockets'
import { within } from '../../shared/within.ts'

export type SmtpReply = { code: number; lines: string[] }

/** The server refused a command. */
export class SmtpRefusal extends Error {
  readonly code: number

  constructor(stage: string, reply: SmtpReply) {
    super(`${stage}: ${reply.code} ${reply.lines.join(' ')}`)
    this.name = 'SmtpRefusal'
    this.code = reply.code
  }
}

const REPLY_CHARACTERS_MAX = 64 * 1024

export type SmtpSecurity = 'tls' | 'starttls' | 'none'

const TRANSPORT_SECURITY = { tls: 'on', starttls: 'starttls', none: 'off' } as const

/** A whole conversation takes at most this many times the timeout of one answer. */
export const TIMEOUTS_PER_CONVERSATION = 4

/** How long to wait for the server to close the connection; by then it has accepted or refused the email. */
const GOODBYE_MS = 2_000

/** A connection to a mail server that sends lines and reads replies (RFC 5321, 4.2). Every wait has a timeout. */
export class SmtpConversation {
  readonly #timeoutMs: number
  readonly #endsAt: number
  #socket: Socket
  #reader: ReadableStreamDefaultReader<Uint8Array>
  #writer: WritableStreamDefaultWriter<Uint8Array>
  #decoder = new TextDecoder()
  #unread = ''

  private constructor(socket: Socket, timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#endsAt = Date.now() + TIMEOUTS_PER_CONVERSATION * timeoutMs
    this.#socket = socket
    this.#reader = socket.readable.getReader()
    this.#writer = socket.writable.getWriter()
  }

  /** Opens the connection; does not wait for the greeting. */
  static async open(host: string, port: number, security: SmtpSecurity, timeoutMs: number): Promise<SmtpConversation> {
    const socket = connect(
      { hostname: host, port },
      { secureTransport: TRANSPORT_SECURITY[security], allowHalfOpen: false },
    )
    // A failed connection makes its reads and writes fail; without this, `closed` would be an unhandled rejection.
    socket.closed.catch(() => undefined)
    const conversation = new SmtpConversation(socket, timeoutMs)
    try {
      await conversation.#within(socket.opened, 'connecting')
    } catch (error) {
      conversation.close()
      throw error
    }
    return conversation
  }

  /** Sends a command and waits for its reply. Throws if the command contains a line break. */
  async command(line: string): Promise<SmtpReply> {
    if (/[\r\n]/.test(line)) throw new Error('an SMTP command must be one line')
    await this.write(`${line}\r\n`)
    return this.reply()
  }

  write(text: string): Promise<void> {
    return this.#within(this.#writer.write(new TextEncoder().encode(text)), 'writing')
  }

  /** Reads the next reply. Throws when the server closes the connection or sends anything else. */
  reply(): Promise<SmtpReply> {
    return this.#within(this.#readReply(), 'waiting for the answer')
  }

  #within<T>(work: Promise<T>, what: string, atMostMs = this.#timeoutMs): Promise<T> {
    return within(work, Math.max(1, Math.min(atMostMs, this.#endsAt - Date.now())), what)
  }

  async #readReply(): Promise<SmtpReply> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#readLine()
      const [, code, mark, text] = /^(\d{3})([ -]?)(.*)$/.exec(line) ?? []
      if (code === undefined) throw new Error('the server said something that is not SMTP')
      lines.push(text ?? '')
      if (mark !== '-') return { code: Number(code), lines }
    }
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#unread.indexOf('\n')
      if (end >= 0) {
        const line = this.#unread.slice(0, end).replace(/\r$/, '')
        this.#unread = this.#unread.slice(end + 1)
        return line
      }
      if (this.#unread.length > REPLY_CHARACTERS_MAX) throw new Error('the reply has no end')
      const { done, value } = await this.#reader.read()
      if (done) throw new Error('the server closed the connection')
      this.#unread += this.#decoder.decode(value, { stream: true })
    }
  }

  /** Switches to TLS after the server agreed to STARTTLS. */
  startTls(): void {
    // Data from before the handshake could have been injected by an attacker (CVE-2011-0411).
    if (this.#unread !== '') throw new Error('the server spoke before the TLS handshake')
    this.#reader.releaseLock()
    this.#writer.releaseLock()
    this.#socket = this.#socket.startTls()
    this.#socket.closed.catch(() => undefined)
    this.#reader = this.#socket.readable.getReader()
    this.#writer = this.#socket.writable.getWriter()
  }

  /**
   * Sends QUIT, reads until the server has closed the connection, and closes it. Never throws. Without reading to the end,
   * the connection would stay in memory as long as the isolate lives.
   */
  async quit(): Promise<void> {
    await this.write('QUIT\r\n')
      .then(() => this.#within(this.#readToEnd(), 'closing', GOODBYE_MS))
      .catch(() => undefined)
    this.close()
  }

  async #readToEnd(): Promise<void> {
    while (!(await this.#reader.read()).done) continue
  }

  close(): void {
    this.#socket.close().catch(() => undefined)
  }
}
