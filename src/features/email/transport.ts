export type Mailbox = { name: string; email: string }

export type OutgoingEmail = {
  /** The outbox row's id, from which the Message-ID is made, so that the same email always has the same one. */
  id: string
  from: Mailbox
  to: string
  bcc: string | null
  subject: string
  text: string
  html: string
  /** The URL that unsubscribes the recipient with one click; null unless it is a marketing email. */
  unsubscribeUrl: string | null
  date: Date
}

/** The headers by which a mail client offers to unsubscribe with one click (RFC 8058). */
export const unsubscribeHeaders = ({ unsubscribeUrl }: OutgoingEmail): Record<string, string> =>
  unsubscribeUrl === null
    ? {}
    : { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }

export type EmailTransport = {
  name: 'smtp' | 'cloudflare'
  /** Sends the email; resolves once the other side has accepted it. Throws `TransportError`. */
  send(email: OutgoingEmail): Promise<{ messageId: string; note?: string }>
}

/**
 * `retryable`: not accepted, but a later attempt may succeed. `permanent`: refused for good. `unknown`: the other side got
 * the whole email and did not answer, so sending it again could send it twice.
 */
export class TransportError extends Error {
  readonly kind: 'retryable' | 'permanent' | 'unknown'

  constructor(kind: TransportError['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'TransportError'
    this.kind = kind
  }
}
