export type Mailbox = { name: string; email: string }

export type OutgoingEmail = {
  /** The outbox row's id; makes the Message-ID, so that the same email always has the same one. */
  id: string
  from: Mailbox
  to: string
  bcc: string | null
  subject: string
  text: string
  html: string
  /** Where one click takes the recipient off all marketing email; null for what nobody can unsubscribe from. */
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
  /** Resolves only once the other side has accepted the email. Throws `TransportError`. */
  send(email: OutgoingEmail): Promise<{ messageId: string; note?: string }>
}

/**
 * `retryable`: certainly not accepted, may work later. `permanent`: refused for good. `unknown`: the other side had the
 * whole email and never answered, so that sending again could send twice.
 */
export class TransportError extends Error {
  readonly kind: 'retryable' | 'permanent' | 'unknown'

  constructor(kind: TransportError['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'TransportError'
    this.kind = kind
  }
}
