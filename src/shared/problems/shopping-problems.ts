import { z } from '@hono/zod-openapi'
import { CART_LINES_MAX, LINE_QUANTITY_MAX } from '../cart-limits.ts'
import { moneySchema } from '../money.ts'
import { liftedByProof, type Problem } from './problem.ts'

const shortSkusSchema = z.array(
  z
    .object({
      sku_id: z.uuid(),
      requested: z.int(),
      available_quantity: z.int().openapi({ description: 'How many units this cart could have' }),
    })
    .openapi('ShortSku'),
)

const SKU_ID = '019468f9-f800-74c2-8231-9f2942c8623a'

/** Problems of cart, checkout and payment. */
export const SHOPPING_PROBLEMS = {
  'amount-too-small': {
    status: 422,
    title: 'Amount too small',
    when: 'the total is below the smallest amount that Stripe charges',
    detail: 'The total is below the smallest amount that can be paid by card.',
  },
  'cart-changed': {
    status: 409,
    title: 'Cart changed',
    when: 'the cart kept changing during the checkout; try again',
    detail: 'The cart kept changing. Try again.',
  },
  'cart-empty': {
    status: 422,
    title: 'Cart empty',
    when: 'the cart is empty, or the request came without its cookie',
    detail: 'There is nothing in the cart.',
  },
  'cart-lines-limit': {
    status: 422,
    title: 'Too many cart lines',
    when: `the cart would have more than ${CART_LINES_MAX} lines`,
    detail: `A cart has at most ${CART_LINES_MAX} lines.`,
  },
  'cart-not-found': {
    status: 404,
    title: 'Cart not found',
    when: 'the caller has no cart; in answers to webhooks: the session names no checkout of this shop',
    detail: 'There is no cart for this caller.',
  },
  'checkout-already-paid': {
    status: 409,
    title: 'Checkout already paid',
    when: "the cart's previous checkout has been paid; `order_identifier` is present once the order exists",
    detail: 'The checkout of this cart has been paid already.',
    members: z.object({ order_identifier: z.string().optional() }),
    memberExample: { order_identifier: 'ORD-7K2M9QX4TB' },
  },
  'discount-already-applied': {
    status: 422,
    title: 'Discount already applied',
    when: 'the code is on the cart already',
    detail: 'This code is on the cart already.',
  },
  'discount-exhausted': {
    status: 422,
    title: 'Discount exhausted',
    when: 'the code has reached its limit of redemptions',
    detail: 'A discount code has reached its limit of redemptions.',
  },
  'discount-expired': {
    status: 422,
    title: 'Discount expired',
    when: 'the code has expired',
    detail: 'This code has expired.',
  },
  'discount-minimum-not-reached': {
    status: 422,
    title: 'Discount minimum not reached',
    when: "the items do not reach the code's minimum",
    detail: 'This code needs items for at least $50.00.',
  },
  'discount-needs-email': {
    status: 422,
    title: 'Discount needs an email address',
    when: 'the code is limited per customer: send `email` with the checkout',
    detail: 'The code WELCOME10 is limited per customer: give your email address.',
  },
  'discount-not-combinable': {
    status: 422,
    title: 'Discount not combinable',
    when: 'the code cannot be combined with another code on the cart',
    detail: 'This code cannot be combined with another one.',
  },
  'discount-not-found': {
    status: 404,
    title: 'Discount not found',
    when: 'there is no such code, or it is not active',
    detail: 'There is no such code.',
  },
  'discount-not-yet-valid': {
    status: 422,
    title: 'Discount not yet valid',
    when: 'the code is not valid yet',
    detail: 'This code is not valid yet.',
  },
  'discount-used-up': {
    status: 422,
    title: 'Discount used up',
    when: 'this customer has reached the limit of uses',
    detail: 'You have reached the limit of uses of a discount code.',
  },
  'discount-wrong-currency': {
    status: 422,
    title: 'Discount in another currency',
    when: 'the code is for another currency',
    detail: 'This code is for another currency.',
  },
  'insufficient-stock': {
    status: 409,
    title: 'Insufficient stock',
    when: '`skus` says how much was asked for and how much is left',
    detail: 'Some items in the cart are not in stock any more.',
    members: z.object({ skus: shortSkusSchema }),
    memberExample: { skus: [{ sku_id: SKU_ID, requested: 3, available_quantity: 1 }] },
  },
  'network-share-exceeded': {
    status: 409,
    title: 'Share of the stock exceeded',
    when: 'open guest checkouts from the same network have reserved a third of the stock: wait until one ends, sign in to an account with a verified address, or pass Turnstile (`turnstile`)',
    detail: 'Open checkouts from your network have reserved their share of this already.',
    ...liftedByProof,
  },
  'no-cart-id': {
    status: 422,
    title: 'Session of another shop',
    when: 'in answers to webhooks: this shop did not make the session',
    detail: 'The session names no checkout of this shop.',
  },
  'order-creation-failed': {
    status: 500,
    title: 'Order creation failed',
    when: 'the payment is there, but the order could not be written yet; operators are alerted, ask again',
    detail: 'The order could not be written.',
  },
  'payment-not-completed': {
    status: 409,
    title: 'Payment not completed',
    when: 'the order was asked for before its payment',
    detail: 'The session has not been paid.',
  },
  'payment-unmatched': {
    status: 409,
    title: 'Payment unmatched',
    when: "in answers to webhooks: paid, but in another session than the checkout's, at another total, too late for the reservation, or refunded already",
    detail: "The payment was not made by the checkout's own session.",
  },
  'price-changed': {
    status: 409,
    title: 'Price changed',
    when: 'the total is not `expected_total`; `total` (Money) is the present one',
    detail: 'The total has changed since it was shown.',
    members: z.object({ total: moneySchema }),
    memberExample: { total: { amount: 5390, currency: 'usd' } },
  },
  'quantity-limit': {
    status: 422,
    title: 'Quantity limit',
    when: `the quantity is not between 1 and ${LINE_QUANTITY_MAX}`,
    detail: `A line holds at most ${LINE_QUANTITY_MAX} units.`,
  },
  'shipping-method-not-found': {
    status: 404,
    title: 'Shipping method not found',
    when: 'the shipping method is unknown, not active or in another currency',
    detail: 'There is no such shipping method.',
  },
  'shipping-method-required': {
    status: 422,
    title: 'Shipping method required',
    when: 'the shop has no active shipping method',
    detail: 'The shop has no shipping method at the moment.',
  },
  'sku-not-available': {
    status: 409,
    title: 'SKU not available',
    when: 'the SKU is not for sale, has no price or is out of stock; at the checkout, `skus` names them',
    detail: 'Some items in the cart cannot be bought at the moment.',
    members: z.object({ skus: shortSkusSchema.optional() }),
    memberExample: { skus: [{ sku_id: SKU_ID, requested: 1, available_quantity: 0 }] },
  },
  'sku-not-found': {
    status: 404,
    title: 'SKU not found',
    when: 'there is no such SKU',
    detail: 'There is no such SKU.',
  },
  'sku-not-in-product': {
    status: 409,
    title: 'SKU not in product',
    when: '`product_id` is not an active product with this SKU',
    detail: 'This product does not have this SKU.',
  },
  'stripe-api-error': {
    status: 502,
    title: 'Stripe did not answer',
    when: 'Stripe did not answer: try again in a moment. It says nothing about whether the buyer has paid',
    detail: 'The payment service did not answer. Try again in a moment.',
  },
  'total-too-large': {
    status: 422,
    title: 'Total too large',
    when: 'the total is more than Stripe charges at once',
    detail: 'The total is more than Stripe charges at once.',
  },
} satisfies Record<string, Problem>
