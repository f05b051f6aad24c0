import type Stripe from 'stripe'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What our Checkout Sessions carry, so that any event leads back to the checkout it pays for. */
export const sessionReference = ({ id, fingerprint }: { id: string; fingerprint: string }) => ({
  client_reference_id: id,
  metadata: { checkout_id: id, fingerprint },
  payment_intent_data: { metadata: { checkout_id: id } },
})

type Referring = Pick<Stripe.Checkout.Session, 'client_reference_id' | 'metadata' | 'payment_link'>

/** The checkout that a session names, whoever made the session; undefined when it names none. */
export function checkoutIdOf(session: Pick<Referring, 'client_reference_id' | 'metadata'>): string | undefined {
  const id = session.client_reference_id ?? session.metadata?.['checkout_id']
  return id !== undefined && UUID.test(id) ? id : undefined
}

/** A session as the checkout that it names looks at it. */
export type SessionClaim = {
  sessionId: string
  /** The checkout's fingerprint, where the session can be ours at all; only whoever holds the secret key can set it. */
  fingerprint: string | null
}

/** Whether only whoever holds the secret key can have made this session for this checkout. */
export const isMadeFor = (session: Referring, checkoutId: string): boolean =>
  session.payment_link === null &&
  checkoutIdOf(session) === checkoutId &&
  session.metadata?.['checkout_id'] === checkoutId

/**
 * What a session brings to be taken for the checkout's own while the checkout does not know its session's id yet. A
 * payment link takes `client_reference_id` from its address, but neither metadata nor the lack of a link.
 */
export function claimOf(session: Referring & { id: string }): SessionClaim {
  const checkoutId = checkoutIdOf(session)
  const isMadeByUs = checkoutId !== undefined && isMadeFor(session, checkoutId)
  return { sessionId: session.id, fingerprint: isMadeByUs ? (session.metadata?.['fingerprint'] ?? null) : null }
}

/** Whether a session is the checkout's own: by the id that is stored, else by its claim. */
export const isOwnSession = (
  checkout: { stripe_session_id: string | null; fingerprint: string },
  { sessionId, fingerprint }: SessionClaim,
): boolean =>
  checkout.stripe_session_id === null ? checkout.fingerprint === fingerprint : checkout.stripe_session_id === sessionId
