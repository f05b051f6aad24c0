/** What an event is about, and so what the shop has to read from the provider. */
export type PaymentEventKind =
  | 'session-completed'
  | 'session-payment-succeeded'
  | 'session-payment-failed'
  | 'session-expired'
  | 'refund-changed'
  | 'dispute-changed'

/**
 * An event at the provider and the object that it is about. It carries no state of the object, since events come late and
 * out of order: the shop reads the object's present state from the provider.
 */
export type PaymentEvent = {
  id: string
  /** The provider's own name for it. */
  type: string
  /** Null for events that the shop does not use. */
  kind: PaymentEventKind | null
  objectId: string | null
  createdAt: Date
  /** Whether it has our key's mode (test or live) and does not come from a connected account. */
  isOurs: boolean
}
