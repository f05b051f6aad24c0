import { currentCall } from './call.ts'
import type { World } from './world.ts'

export type Mail = { messageId: string; to: string; subject: string; at: number }

const HANG = 3_600_000

type Duplex = {
  readable: ReadableStream<Uint8Array>
  writable: WritableStream<Uint8Array>
  opened: Promise<unknown>
  closed: Promise<void>
  close: () => Promise<void>
}

/**
 * A mail server for the Worker's sockets. The connection and the moment at which it accepts an email are the
 * boundaries at which it may refuse, stop answering, or accept without saying so.
 */
export class SimulatedMail {
  readonly #world: World
  readonly mailbox: Mail[] = []

  constructor(world: World) {
    this.#world = world
  }

  /** What `connect()` of `cloudflare:sockets` answers. */
  connect(): Duplex {
    let speak: ReadableStreamDefaultController<Uint8Array> | undefined
    let isOpen = true
    const say = (line: string) => {
      if (isOpen) speak?.enqueue(new TextEncoder().encode(`${line}\r\n`))
    }
    const close = () => {
      if (!isOpen) return
      isOpen = false
      speak?.close()
    }
    const readable = new ReadableStream<Uint8Array>({
      start: (controller) => void (speak = controller),
      cancel: () => void (isOpen = false),
    })
    const opened = this.#world.cross({
      service: 'mail',
      what: 'SMTP connect',
      effect: () => {
        say('220 mail.test')
        return Promise.resolve({})
      },
      failure: () => {
        throw new Error('proxy request failed, cannot connect to the specified address')
      },
    })
    opened.catch(() => undefined)
    const conversation = this.#converse(say, close)
    let unread = ''
    const writable = new WritableStream<Uint8Array>({
      write: async (chunk) => {
        unread += new TextDecoder().decode(chunk)
        for (let end = unread.indexOf('\r\n'); end >= 0; end = unread.indexOf('\r\n')) {
          const line = unread.slice(0, end)
          unread = unread.slice(end + 2)
          // The answer takes its own time; the Worker's write ends at once.
          void conversation(line)
        }
        await Promise.resolve()
      },
    })
    return { readable, writable, opened, closed: new Promise(() => undefined), close: () => Promise.resolve(close()) }
  }

  #converse(say: (line: string) => void, close: () => void): (line: string) => Promise<void> {
    const call = currentCall.getStore()
    let to = ''
    let data: string[] | undefined
    return async (line) => {
      if (data !== undefined) {
        if (line !== '.') return void data.push(line)
        const message = data
        data = undefined
        if (call !== undefined) await currentCall.run(call, () => this.#takeOver(to, message, say, close))
        return
      }
      const command = line.slice(0, 4).toUpperCase()
      if (command === 'RCPT' && to === '') to = /<([^>]*)>/.exec(line)?.[1] ?? ''
      if (command === 'DATA') data = []
      if (command === 'QUIT') return close()
      say(command === 'DATA' ? '354 go ahead' : '250 ok')
    }
  }

  async #takeOver(to: string, lines: string[], say: (line: string) => void, close: () => void): Promise<void> {
    const header = (name: string) =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim() ?? ''
    const mail = { messageId: header('message-id'), to, subject: header('subject'), at: this.#world.clock.now() }
    const answer = await this.#world.cross<string | undefined>({
      service: 'mail',
      what: `SMTP takes over an email to ${to}`,
      effect: () => {
        this.mailbox.push(mail)
        this.#world.story.tell('mail server', `accepts "${mail.subject}" to ${to}`)
        return Promise.resolve('250 accepted')
      },
      failure: (happened, luck) => (happened ? undefined : luck < 0.7 ? '451 try again later' : '550 no such mailbox'),
    })
    if (answer !== undefined) return say(answer)
    await this.#world.clock.sleep(this.#world.chance.of(`hang up ${mail.messageId}`) < 0.5 ? 0 : HANG)
    close()
  }
}
