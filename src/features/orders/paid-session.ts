import type Stripe from 'stripe'
import type { OrderAddress, PaidSession } from '../../db/functions/place-order.ts'
import { AppError } from '../../shared/errors.ts'
import { checkoutIdOf, claimOf } from '../../payments/stripe/metadata.ts'
import { idOf, paymentState, type Session } from '../../payments/stripe/sessions.ts'
import { UnmatchedPayment } from './unmatched-payment.ts'

function toAddress(
  name: string | null | undefined,
  phone: string | null | undefined,
  address: Stripe.Address | null | undefined,
): OrderAddress {
  return {
    name: name ?? null,
    phone: phone ?? null,
    line1: address?.line1 ?? null,
    line2: address?.line2 ?? null,
    city: address?.city ?? null,
    state: address?.state ?? null,
    postalCode: address?.postal_code ?? null,
    country: address?.country ?? null,
  }
}

/**
 * Validates a session as Stripe holds it now.
 * Throws `UnmatchedPayment` when no order can come of it, `payment-not-completed`.
 */
export function readPaidSession(session: Session): PaidSession {
  if (paymentState(session) !== 'paid') throw new AppError('payment-not-completed', 'The session has not been paid.')
  const checkoutId = checkoutIdOf(session)
  if (checkoutId === undefined) throw new UnmatchedPayment('no-checkout')
  const { customer_details: customer } = session
  if (!customer?.email || session.amount_total === null || session.currency === null) {
    throw new UnmatchedPayment('incomplete')
  }
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null
  const charge = typeof intent?.latest_charge === 'object' ? intent.latest_charge : null
  const shipping = session.collected_information?.shipping_details
  return {
    checkoutId,
    ...claimOf(session),
    paymentIntentId: idOf(session.payment_intent),
    customerId: idOf(session.customer),
    paymentMethodType: charge?.payment_method_details?.type ?? null,
    email: customer.email,
    name: customer.name,
    totalAmount: session.amount_total,
    taxAmount: session.total_details?.amount_tax ?? 0,
    currency: session.currency,
    shippingAddress: toAddress(shipping?.name ?? customer.name, customer.phone, shipping?.address ?? customer.address),
    billingAddress: toAddress(
      charge?.billing_details.name ?? customer.name,
      customer.phone,
      charge?.billing_details.address ?? customer.address,
    ),
  }
}
