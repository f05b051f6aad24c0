import type { Ctx } from '../../context.ts'
import type { OpenedSession } from '../../payments/checkout-session.ts'
import { isRefused } from '../../payments/errors.ts'
import { AppError } from '../../shared/errors.ts'
import type { CheckoutRow } from './queries/read-checkout.ts'
import { sessionLocale } from './rules.ts'

/**
 * Opens a checkout's Stripe session, from its snapshot alone, so that all calls for a checkout get the same session.
 * Throws `amount-too-small`, another refusal (`isRefused`: no session was made), or `stripe-api-error` (one may have been
 * made).
 */
export async function openSession(ctx: Ctx, checkout: CheckoutRow): Promise<OpenedSession> {
  const { env } = ctx
  try {
    return await ctx.payments.openCheckoutSession({
      checkoutId: checkout.id,
      fingerprint: checkout.fingerprint,
      currency: checkout.currency,
      lines: checkout.items.map(({ unit_amount: unitAmount, ...item }) => ({ ...item, unitAmount })),
      discount:
        checkout.item_discount_amount > 0
          ? { name: checkout.discount_codes.join(', '), amount: checkout.item_discount_amount }
          : null,
      shipping: {
        name: checkout.shipping_method_name ?? 'Shipping',
        amount: checkout.shipping_amount - checkout.shipping_discount_amount,
        countries: env.SHIPPING_COUNTRIES,
      },
      tax: { isAutomatic: env.AUTOMATIC_TAX, isIncluded: checkout.tax_included },
      customerId: checkout.stripe_customer_id,
      email: checkout.email,
      locale: sessionLocale(checkout.locale),
      expiresAt: new Date(checkout.expires_at),
      returnUrl: (sessionId) => `${env.STOREFRONT_URL}/checkout/${sessionId}`,
      cancelUrl: `${env.STOREFRONT_URL}/cart`,
    })
  } catch (error) {
    if (!isRefused(error) || error.cause.reason !== 'amount-too-small') throw error
    throw new AppError('amount-too-small', 'The total is below the smallest amount that can be paid by card.', {
      cause: error.cause,
    })
  }
}
