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
  date: Date
}

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
