import type Stripe from 'stripe'
import type { CheckoutSession, CheckoutSessionState, PaymentAddress } from '../checkout-session.ts'
import { readReference } from './metadata.ts'
import { idOf, wholeOf } from './values.ts'

/** A session that is complete but unpaid waits for a bank debit, unless the debit has failed. */
function stateOf(session: Stripe.Checkout.Session): CheckoutSessionState {
  if (session.status === 'expired') return 'expired'
  if (session.status !== 'complete') return 'open'
  if (session.payment_status === 'paid' || session.payment_status === 'no_payment_required') return 'paid'
  const status = wholeOf(session.payment_intent)?.status
  return status === 'requires_payment_method' || status === 'canceled' ? 'failed' : 'processing'
}

const toAddress = (
  name: string | null | undefined,
  phone: string | null | undefined,
  address: Stripe.Address | null | undefined,
): PaymentAddress => ({
  name: name ?? null,
  phone: phone ?? null,
  line1: address?.line1 ?? null,
  line2: address?.line2 ?? null,
  city: address?.city ?? null,
  state: address?.state ?? null,
  postalCode: address?.postal_code ?? null,
  country: address?.country ?? null,
})

/** Converts any session, whoever made it; missing parts are null. */
export function readSession(session: Stripe.Checkout.Session): CheckoutSession {
  const { customer_details: buyer } = session
  const charge = wholeOf(wholeOf(session.payment_intent)?.latest_charge)
  const shipping = session.collected_information?.shipping_details
  const billing = charge?.billing_details
  return {
    id: session.id,
    state: stateOf(session),
    url: session.url ?? null,
    ...readReference(session),
    paymentIntentId: idOf(session.payment_intent),
    customerId: idOf(session.customer),
    email: buyer?.email ?? null,
    name: buyer?.name ?? null,
    totalAmount: session.amount_total ?? null,
    taxAmount: session.total_details?.amount_tax ?? 0,
    currency: session.currency ?? null,
    paymentMethodType: charge?.payment_method_details?.type ?? null,
    shippingAddress: toAddress(shipping?.name ?? buyer?.name, buyer?.phone, shipping?.address ?? buyer?.address),
    billingAddress: toAddress(billing?.name ?? buyer?.name, buyer?.phone, billing?.address ?? buyer?.address),
  }
}
