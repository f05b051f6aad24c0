import type Stripe from 'stripe'
import type { CheckoutSession } from '../checkout-session.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The metadata of our Checkout Sessions, by which any event leads back to its checkout. */
export const sessionReference = ({ checkoutId, fingerprint }: { checkoutId: string; fingerprint: string }) => ({
  client_reference_id: checkoutId,
  metadata: { checkout_id: checkoutId, fingerprint },
  payment_intent_data: { metadata: { checkout_id: checkoutId } },
})

type Referring = Pick<Stripe.Checkout.Session, 'client_reference_id' | 'metadata' | 'payment_link'>

/** The checkout that a session names, whoever made the session; undefined when it names none. */
export function checkoutIdOf(session: Pick<Referring, 'client_reference_id' | 'metadata'>): string | undefined {
  const id = session.client_reference_id ?? session.metadata?.['checkout_id']
  return id !== undefined && UUID.test(id) ? id : undefined
}

/**
 * The checkout that a session names, and whether the session was made with our secret key for it. Anybody can add
 * `client_reference_id` to the URL of a payment link, but writing metadata or opening a session takes the secret key.
 */
export function readReference(
  session: Referring,
): Pick<CheckoutSession, 'checkoutId' | 'isMadeByShop' | 'fingerprint'> {
  const checkoutId = checkoutIdOf(session) ?? null
  const isMadeByShop =
    checkoutId !== null && session.payment_link === null && session.metadata?.['checkout_id'] === checkoutId
  return { checkoutId, isMadeByShop, fingerprint: isMadeByShop ? (session.metadata?.['fingerprint'] ?? null) : null }
}
