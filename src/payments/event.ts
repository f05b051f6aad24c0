/** What an event makes the shop look at. */
export type PaymentEventKind =
  | 'session-completed'
  | 'session-payment-succeeded'
  | 'session-payment-failed'
  | 'session-expired'
  | 'refund-changed'
  | 'dispute-changed'

/**
 * Something happened at the provider, and where it leads. What an event says of its object is not believed: the provider is
 * asked instead.
 */
export type PaymentEvent = {
  id: string
  /** The provider's own name of it. */
  type: string
  /** Null for what means nothing to the shop. */
  kind: PaymentEventKind | null
  objectId: string | null
  createdAt: Date
  /** Of the mode of our key (test or live), and not of an account that is connected to ours. */
  isOurs: boolean
}
