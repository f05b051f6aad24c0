import type Stripe from 'stripe'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../shared/errors.ts'
import { isRefused, stripeApiError } from '../../payments/stripe/client.ts'
import { sessionReference } from '../../payments/stripe/metadata.ts'
import type { CheckoutRow } from './queries/read-checkout.ts'
import { sessionLocale } from './rules.ts'

export type OpenedSession = {
  id: string
  url: string | null
  /** Stripe had answered this idempotency key before: the session is not new. */
  replayed: boolean
}

/**
 * The Stripe session of a checkout: made from the snapshot alone, under an idempotency key made of the checkout's id,
 * so that every call for one checkout gets one session, however often it is made. A member's names the customer too: a
 * checkout gets another one only after Stripe refused the first, and then has to be asked for under another key.
 * Throws `amount-too-small` or the refusal itself (Stripe made nothing), `stripe-api-error` (nobody knows).
 */
export async function openSession(ctx: Ctx, checkout: CheckoutRow): Promise<OpenedSession> {
  try {
    const coupon = checkout.item_discount_amount > 0 ? await createCoupon(ctx, checkout) : undefined
    const session = await ctx.stripe.checkout.sessions.create(sessionParams(ctx, checkout, coupon), {
      idempotencyKey: keyOf(checkout),
    })
    return {
      id: session.id,
      url: session.url,
      replayed: session.lastResponse.headers['idempotent-replayed'] === 'true',
    }
  } catch (error) {
    if (!isRefused(error)) throw stripeApiError(error)
    if (error.code !== 'amount_too_small') throw error
    throw new AppError('amount-too-small', 'The total is below the smallest amount that can be paid by card.', {
      cause: error,
    })
  }
}

const keyOf = ({ id, stripe_customer_id: customer }: CheckoutRow): string =>
  customer === null ? `checkout:${id}` : `checkout:${id}:${customer}`

/** One coupon carries all item discounts of the checkout, so that Stripe's lines show the prices of the cart. */
async function createCoupon(ctx: Ctx, checkout: CheckoutRow): Promise<string> {
  const { id } = await ctx.stripe.coupons.create(
    {
      amount_off: checkout.item_discount_amount,
      currency: checkout.currency,
      duration: 'once',
      max_redemptions: 1,
      name: checkout.discount_codes.join(', ').slice(0, 40),
      metadata: { checkout_id: checkout.id },
    },
    { idempotencyKey: `coupon:${checkout.id}` },
  )
  return id
}

function sessionParams(
  ctx: Ctx,
  checkout: CheckoutRow,
  coupon: string | undefined,
): Stripe.Checkout.SessionCreateParams {
  const { env } = ctx
  const { currency } = checkout
  const behavior = checkout.tax_included ? ('inclusive' as const) : ('exclusive' as const)
  const taxBehavior = env.AUTOMATIC_TAX ? { tax_behavior: behavior } : {}
  return {
    mode: 'payment',
    ...sessionReference(checkout),
    line_items: checkout.items.map((item) => ({
      quantity: item.quantity,
      price_data: {
        currency,
        unit_amount: item.unit_amount,
        ...taxBehavior,
        product_data: { name: item.title, ...(item.description === '' ? {} : { description: item.description }) },
      },
    })),
    ...(coupon === undefined ? {} : { discounts: [{ coupon }] }),
    shipping_options: [
      {
        shipping_rate_data: {
          type: 'fixed_amount',
          ...taxBehavior,
          display_name: checkout.shipping_method_name ?? 'Shipping',
          fixed_amount: { amount: checkout.shipping_amount - checkout.shipping_discount_amount, currency },
        },
      },
    ],
    shipping_address_collection: {
      allowed_countries: env.SHIPPING_COUNTRIES,
    },
    billing_address_collection: 'required',
    ...buyerParams(checkout),
    // Left out, both follow the defaults of the Stripe account, and the amount charged may not be the one that was shown.
    automatic_tax: { enabled: env.AUTOMATIC_TAX },
    adaptive_pricing: { enabled: false },
    locale: sessionLocale(checkout.locale),
    expires_at: Math.floor(new Date(checkout.expires_at).getTime() / 1_000),
    success_url: `${env.STOREFRONT_URL}/checkout/{CHECKOUT_SESSION_ID}`,
    cancel_url: `${env.STOREFRONT_URL}/cart`,
  }
}

/** A member pays as the shop's customer, who finds what was used last; a visitor as whoever they say they are. */
function buyerParams({
  email,
  stripe_customer_id: customer,
}: CheckoutRow): Partial<Stripe.Checkout.SessionCreateParams> {
  if (customer === null) return email === null ? {} : { customer_email: email }
  return {
    customer,
    customer_update: { address: 'auto', name: 'auto', shipping: 'auto' },
    saved_payment_method_options: { payment_method_save: 'enabled' },
  }
}
