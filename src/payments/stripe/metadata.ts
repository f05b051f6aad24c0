import type Stripe from 'stripe'
import type { CheckoutSession } from '../checkout-session.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What our Checkout Sessions carry, so that any event leads back to the checkout it pays for. */
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
 * The checkout that a session names, and whether we made the session for it. Anybody can add `client_reference_id` to the
 * address of a payment link; only whoever holds the secret key can write metadata or make a session without a link.
 */
export function readReference(
  session: Referring,
): Pick<CheckoutSession, 'checkoutId' | 'isMadeByShop' | 'fingerprint'> {
  const checkoutId = checkoutIdOf(session) ?? null
  const isMadeByShop =
    checkoutId !== null && session.payment_link === null && session.metadata?.['checkout_id'] === checkoutId
  return { checkoutId, isMadeByShop, fingerprint: isMadeByShop ? (session.metadata?.['fingerprint'] ?? null) : null }
}
