import type { Env } from '../../env.ts'
import { AppError } from '../../shared/errors.ts'
import { composeMessage, messageIdOf } from './compose-message.ts'
import { SmtpConversation, SmtpRefusal, type SmtpReply, type SmtpSecurity } from './smtp-conversation.ts'
import { type EmailTransport, type OutgoingEmail, TransportError } from './transport.ts'

type Server = {
  host: string
  port: number
  security: SmtpSecurity
  timeoutMs: number
  username?: string | undefined
  password?: string | undefined
}

/** How far the conversation has come, which decides what a failure means. */
type Stage = 'session' | 'envelope' | 'accepting'

/** Sends over SMTP (RFC 5321), with a connection for each email. */
export function createSmtpTransport(env: Env): EmailTransport {
  if (env.SMTP_HOST === undefined || env.SMTP_PORT === undefined) {
    throw new AppError('misconfigured', 'The Worker is not configured: SMTP_HOST, SMTP_PORT.')
  }
  const server: Server = {
    host: env.SMTP_HOST,
    port: env.SMTP_PORT,
    security: env.SMTP_SECURITY,
    timeoutMs: env.SMTP_TIMEOUT_MS,
    username: env.SMTP_USERNAME,
    password: env.SMTP_PASSWORD,
  }
  return { name: 'smtp', send: (email) => send(server, email) }
}

async function send(server: Server, given: OutgoingEmail): Promise<{ messageId: string; note?: string }> {
  const email = inAscii(given)
  const message = composeMessage(email)
  let stage: Stage = 'session'
  let conversation: SmtpConversation | undefined
  try {
    conversation = await SmtpConversation.open(server.host, server.port, server.security, server.timeoutMs)
    await openSession(conversation, server, domainOf(email.from.email))
    stage = 'envelope'
    const note = await sendEnvelope(conversation, email)
    await conversation.write(message)
    stage = 'accepting'
    await conversation.write('.\r\n')
    expect('end of message', await conversation.reply(), 2)
    await conversation.quit()
    return { messageId: messageIdOf(email), ...(note === undefined ? {} : { note }) }
  } catch (error) {
    if (error instanceof SmtpRefusal) await conversation?.quit()
    else conversation?.close()
    throw classify(error, stage)
  }
}

function classify(error: unknown, stage: Stage): TransportError {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof SmtpRefusal) {
    // A refusal before the envelope is about our sign-in or relaying; operators can mend that while the email waits.
    const forGood = error.code >= 500 && stage !== 'session'
    return new TransportError(forGood ? 'permanent' : 'retryable', message, error)
  }
  return stage === 'accepting'
    ? new TransportError('unknown', `the mail server had the whole email and did not answer (${message})`, error)
    : new TransportError('retryable', message, error)
}

function expect(what: string, reply: SmtpReply, hundreds: 2 | 3): SmtpReply {
  if (Math.floor(reply.code / 100) !== hundreds) throw new SmtpRefusal(what, reply)
  return reply
}

async function openSession(conversation: SmtpConversation, server: Server, name: string): Promise<void> {
  expect('greeting', await conversation.reply(), 2)
  let abilities = await greet(conversation, name)
  if (server.security === 'starttls') {
    expect('STARTTLS', await conversation.command('STARTTLS'), 2)
    conversation.startTls()
    abilities = await greet(conversation, name)
  }
  if (server.username !== undefined) await signIn(conversation, abilities, server.username, server.password ?? '')
}

/** Sends EHLO; answers the server's capabilities in upper case. */
async function greet(conversation: SmtpConversation, name: string): Promise<string[]> {
  const reply = expect('EHLO', await conversation.command(`EHLO ${name}`), 2)
  return reply.lines.map((line) => line.toUpperCase())
}

async function signIn(conversation: SmtpConversation, abilities: string[], user: string, password: string) {
  const methods = abilities.find((line) => line.startsWith('AUTH '))?.split(' ') ?? []
  if (methods.includes('PLAIN')) {
    expect('sign in', await conversation.command(`AUTH PLAIN ${toBase64(`\0${user}\0${password}`)}`), 2)
  } else if (methods.includes('LOGIN')) {
    expect('sign in', await conversation.command('AUTH LOGIN'), 3)
    expect('sign in', await conversation.command(toBase64(user)), 3)
    expect('sign in', await conversation.command(toBase64(password)), 2)
  } else {
    throw new Error('the mail server offers neither AUTH PLAIN nor AUTH LOGIN')
  }
}

/** Sends sender and recipients up to DATA. A refused blind copy is only noted, so that the customer still gets the email. */
async function sendEnvelope(
  conversation: SmtpConversation,
  { from, to, bcc }: OutgoingEmail,
): Promise<string | undefined> {
  expect('sender', await conversation.command(`MAIL FROM:<${from.email}>`), 2)
  expect('recipient', await conversation.command(`RCPT TO:<${to}>`), 2)
  const copy = bcc === null ? undefined : await conversation.command(`RCPT TO:<${bcc}>`)
  expect('DATA', await conversation.command('DATA'), 3)
  return copy === undefined || copy.code < 300 ? undefined : `blind copy refused: ${copy.code} ${copy.lines.join(' ')}`
}

const toBase64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/** The email with ASCII addresses, domains in punycode, which is all that servers without SMTPUTF8 accept. */
const inAscii = (email: OutgoingEmail): OutgoingEmail => ({
  ...email,
  from: { name: email.from.name, email: toAscii(email.from.email) },
  to: toAscii(email.to),
  bcc: email.bcc === null ? null : toAscii(email.bcc),
})

function toAscii(address: string): string {
  const local = address.slice(0, address.lastIndexOf('@'))
  const domain = URL.parse(`http://${domainOf(address)}`)?.hostname
  if (!/^[\x21-\x7e]+$/.test(local) || /[<>]/.test(local) || !domain) {
    throw new TransportError('permanent', 'the address cannot be written in an SMTP command')
  }
  return `${local}@${domain}`
}
