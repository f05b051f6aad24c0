import type Stripe from 'stripe'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What our Checkout Sessions carry, so that any event leads back to the checkout it pays for. */
export const sessionReference = (checkoutId: string) => ({
  client_reference_id: checkoutId,
  metadata: { checkout_id: checkoutId },
  payment_intent_data: { metadata: { checkout_id: checkoutId } },
})

/** The checkout that a session pays for; undefined when the session was not made by us. */
export function checkoutIdOf(
  session: Pick<Stripe.Checkout.Session, 'client_reference_id' | 'metadata'>,
): string | undefined {
  const id = session.client_reference_id ?? session.metadata?.['checkout_id']
  return id !== undefined && UUID.test(id) ? id : undefined
}
