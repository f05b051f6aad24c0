import type Stripe from 'stripe'
import type { NewCheckoutSession, OpenedSession } from '../checkout-session.ts'
import { answerOf } from './errors.ts'
import { sessionReference } from './metadata.ts'
import { toSeconds } from './values.ts'

const COUPON_NAME_MAX = 40

/**
 * Opens a session under an idempotency key made from the checkout's id, so that repeated calls for a checkout get the same
 * session. For members the key also names the customer: a checkout gets another customer only after Stripe refused the
 * first one, and the new request then needs a new key. Throws `stripe-api-error`.
 */
export async function openCheckoutSession(stripe: Stripe, given: NewCheckoutSession): Promise<OpenedSession> {
  const coupon = given.discount === null ? undefined : await createCoupon(stripe, given, given.discount)
  const session = await answerOf(
    stripe.checkout.sessions.create(sessionParams(given, coupon), { idempotencyKey: keyOf(given) }),
  )
  const isReplayed = session.lastResponse.headers['idempotent-replayed'] === 'true'
  return { id: session.id, url: session.url, isReplayed }
}

const keyOf = ({ checkoutId, customerId }: NewCheckoutSession): string =>
  customerId === null ? `checkout:${checkoutId}` : `checkout:${checkoutId}:${customerId}`

/** Creates one coupon for all item discounts of the checkout, so that Stripe's lines show the cart's prices. */
async function createCoupon(
  stripe: Stripe,
  { checkoutId, currency }: NewCheckoutSession,
  { name, amount }: { name: string; amount: number },
): Promise<string> {
  const params: Stripe.CouponCreateParams = {
    amount_off: amount,
    currency,
    duration: 'once',
    max_redemptions: 1,
    name: name.slice(0, COUPON_NAME_MAX),
    metadata: { checkout_id: checkoutId },
  }
  const { id } = await answerOf(stripe.coupons.create(params, { idempotencyKey: `coupon:${checkoutId}` }))
  return id
}

function sessionParams(given: NewCheckoutSession, coupon: string | undefined): Stripe.Checkout.SessionCreateParams {
  const { currency, shipping, tax } = given
  const behavior = tax.isIncluded ? ('inclusive' as const) : ('exclusive' as const)
  const taxBehavior = tax.isAutomatic ? { tax_behavior: behavior } : {}
  return {
    mode: 'payment',
    ...sessionReference(given),
    line_items: given.lines.map((line) => ({
      quantity: line.quantity,
      price_data: {
        currency,
        unit_amount: line.unitAmount,
        ...taxBehavior,
        product_data: { name: line.title, ...(line.description === '' ? {} : { description: line.description }) },
      },
    })),
    ...(coupon === undefined ? {} : { discounts: [{ coupon }] }),
    shipping_options: [
      {
        shipping_rate_data: {
          type: 'fixed_amount',
          ...taxBehavior,
          display_name: shipping.name,
          fixed_amount: { amount: shipping.amount, currency },
        },
      },
    ],
    shipping_address_collection: { allowed_countries: shipping.countries },
    billing_address_collection: 'required',
    ...buyerParams(given),
    // Without these, the defaults of the Stripe account apply, and the charged amount may differ from the one shown.
    automatic_tax: { enabled: tax.isAutomatic },
    adaptive_pricing: { enabled: false },
    locale: given.locale,
    expires_at: toSeconds(given.expiresAt),
    success_url: given.returnUrl('{CHECKOUT_SESSION_ID}'),
    cancel_url: given.cancelUrl,
  }
}

/** A member pays as their customer at Stripe, with their saved details; a visitor enters theirs. */
function buyerParams({
  email,
  customerId: customer,
}: NewCheckoutSession): Partial<Stripe.Checkout.SessionCreateParams> {
  if (customer === null) return email === null ? {} : { customer_email: email }
  return {
    customer,
    customer_update: { address: 'auto', name: 'auto', shipping: 'auto' },
    saved_payment_method_options: { payment_method_save: 'enabled' },
  }
}
