import type { PaidSession } from '../../db/functions/place-order.ts'
import type { CheckoutSession } from '../../payments/checkout-session.ts'
import { AppError } from '../../shared/errors.ts'
import { UnmatchedPayment } from './unmatched-payment.ts'

/**
 * Checks that a session is paid and has everything that an order needs. Throws `payment-not-completed`, and
 * `UnmatchedPayment` when there can be no order for it.
 */
export function readPaidSession(session: CheckoutSession): PaidSession {
  if (session.state !== 'paid') throw new AppError('payment-not-completed', 'The session has not been paid.')
  const { checkoutId, email, totalAmount, currency } = session
  if (checkoutId === null) throw new UnmatchedPayment('no-checkout')
  if (!email || totalAmount === null || currency === null) throw new UnmatchedPayment('incomplete')
  return {
    checkoutId,
    sessionId: session.id,
    fingerprint: session.fingerprint,
    paymentIntentId: session.paymentIntentId,
    customerId: session.customerId,
    paymentMethodType: session.paymentMethodType,
    email,
    name: session.name,
    totalAmount,
    taxAmount: session.taxAmount,
    currency,
    shippingAddress: session.shippingAddress,
    billingAddress: session.billingAddress,
  }
}
