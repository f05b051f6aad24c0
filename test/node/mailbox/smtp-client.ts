import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Sends one message by the bare protocol and answers the server's last reply line; 'closed' when it hung up without one,
 * 'silent' when nothing came within `patienceMs`.
 */
export async function sendMail(
  port: number,
  mail: { from: string; to: string[]; source: string },
  patienceMs = 5000,
): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  const nextReply = async (): Promise<string> => {
    for (;;) {
      const line = await lines.next()
      if (line.done === true) return 'closed'
      // "250-…" goes on; the reply ends with "250 …".
      if (/^\d{3} /.test(line.value)) return line.value
    }
  }
  const reply = () => Promise.race([nextReply(), delay(patienceMs, 'silent', { ref: false })])
  try {
    let last = await reply()
    const commands = [
      'EHLO tester',
      `MAIL FROM:<${mail.from}>`,
      ...mail.to.map((each) => `RCPT TO:<${each}>`),
      'DATA',
      `${mail.source.replaceAll(/\r?\n/g, '\r\n').replaceAll(/^\./gm, '..')}\r\n.`,
    ]
    for (const command of commands) {
      if (!/^[23]/.test(last)) break
      socket.write(`${command}\r\n`)
      last = await reply()
    }
    return last
  } finally {
    socket.destroy()
  }
}
