import { z } from '@hono/zod-openapi'
import { CART_LINES_MAX, LINE_QUANTITY_MAX } from './cart-limits.ts'
import type { FieldErrorCode } from './field-errors.ts'
import { moneySchema } from './money.ts'
import { turnstileHintSchema } from './turnstile.ts'

export type FieldError = { field: string; code: FieldErrorCode; message: string }

type Entry = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 502 | 503
  /** The problem in a few words; the same every time. */
  title: string
  /** When a client meets it, and what to do then: Markdown for the reference. */
  when: string
  /** An example of `detail`. */
  detail: string
  /** What the problem document says besides, with an example. */
  members?: z.ZodObject
  memberExample?: Record<string, unknown>
  /** An example of `errors`; only problems that have one may name fields. */
  errors?: FieldError[]
}

const shortSkusSchema = z.array(
  z
    .object({
      sku_id: z.uuid(),
      requested: z.int(),
      available_quantity: z.int().openapi({ description: 'Units that this cart could have' }),
    })
    .openapi('ShortSku'),
)

/** What a refusal that a proof lifts brings along. */
const liftedByProof = {
  members: z.object({ turnstile: turnstileHintSchema }),
  memberExample: { turnstile: { site_key: '1x00000000000000000000AA' } },
}

const SKU_ID = '019468f9-f800-74c2-8231-9f2942c8623a'

/**
 * Every problem that a client can meet, and the only place that one is added to: answers, types, the OpenAPI document
 * with an example of each, and the table of docs/api.md (`npm run openapi`) follow from it.
 */
export const PROBLEMS = {
  'access-token-expired': {
    status: 401,
    title: 'Access token expired',
    when: 'refresh and ask again',
    detail: 'The access token has expired: call POST /v1/auth/refresh and try again.',
  },
  'account-exists': {
    status: 409,
    title: 'Account exists',
    when: 'username or email is taken; `errors` says which',
    detail: 'There is an account with this username already.',
    errors: [{ field: 'username', code: 'account-exists', message: 'This username is taken.' }],
  },
  'amount-too-small': {
    status: 422,
    title: 'Amount too small',
    when: 'Stripe cannot charge so little',
    detail: 'The total is below the smallest amount that can be paid by card.',
  },
  'cart-changed': {
    status: 409,
    title: 'Cart changed',
    when: 'the cart kept changing while it was checked out; try again',
    detail: 'The cart kept changing. Try again.',
  },
  'cart-empty': {
    status: 422,
    title: 'Cart empty',
    when: 'nothing to check out, or no cookie',
    detail: 'There is nothing in the cart.',
  },
  'cart-lines-limit': {
    status: 422,
    title: 'Too many cart lines',
    when: `more than ${CART_LINES_MAX} lines`,
    detail: `A cart has at most ${CART_LINES_MAX} lines.`,
  },
  'cart-not-found': {
    status: 404,
    title: 'Cart not found',
    when: 'no cart for this caller; in webhook answers: the session names no checkout of this shop',
    detail: 'There is no cart for this caller.',
  },
  'checkout-already-paid': {
    status: 409,
    title: 'Checkout already paid',
    when: "the cart's earlier checkout turned out to be paid; `order_identifier` once the order is there",
    detail: 'The checkout of this cart has been paid already.',
    members: z.object({ order_identifier: z.string().optional() }),
    memberExample: { order_identifier: 'ORD-7K2M9QX4TB' },
  },
  'csrf-failed': {
    status: 403,
    title: 'CSRF check failed',
    when: "token missing, wrong or not this visitor's: fetch a new one and repeat the request once",
    detail: 'Ask GET /v1/auth/csrf for a token and send it in X-CSRF-Token, with the cookies.',
  },
  'database-unavailable': {
    status: 503,
    title: 'Database unavailable',
    when: 'nothing is half done; repeat after `Retry-After`',
    detail: 'The database does not answer. Try again.',
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
    when: 'redeemed as often as it may be',
    detail: 'A discount code has been redeemed as often as it may be.',
  },
  'discount-expired': {
    status: 422,
    title: 'Discount expired',
    when: 'its time is over',
    detail: 'This code has expired.',
  },
  'discount-minimum-not-reached': {
    status: 422,
    title: 'Discount minimum not reached',
    when: 'the items do not reach its minimum',
    detail: 'This code needs items for at least $50.00.',
  },
  'discount-needs-email': {
    status: 422,
    title: 'Discount needs an email address',
    when: 'limited per customer: give `email` at the checkout',
    detail: 'The code WELCOME10 is limited per customer: give your email address.',
  },
  'discount-not-combinable': {
    status: 422,
    title: 'Discount not combinable',
    when: 'beside another code on the cart',
    detail: 'This code cannot be combined with another one.',
  },
  'discount-not-found': {
    status: 404,
    title: 'Discount not found',
    when: 'no such code, or not in use',
    detail: 'There is no such code.',
  },
  'discount-not-yet-valid': {
    status: 422,
    title: 'Discount not yet valid',
    when: 'its time has not come',
    detail: 'This code is not valid yet.',
  },
  'discount-used-up': {
    status: 422,
    title: 'Discount used up',
    when: 'this customer has used it as often as one may',
    detail: 'You have used a discount code as often as you may.',
  },
  'discount-wrong-currency': {
    status: 422,
    title: 'Discount in another currency',
    when: 'for another currency',
    detail: 'This code is for another currency.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    when: 'the key stands for another request: use a new one',
    detail: 'This Idempotency-Key was used for another request.',
  },
  'insufficient-stock': {
    status: 409,
    title: 'Insufficient stock',
    when: '`skus`: what was asked for and what is left',
    detail: 'Some of what is in the cart is not in stock any more.',
    members: z.object({ skus: shortSkusSchema }),
    memberExample: { skus: [{ sku_id: SKU_ID, requested: 3, available_quantity: 1 }] },
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    when: 'unexpected; logged with the request id',
    detail: 'Something went wrong on our side.',
  },
  'invalid-credentials': {
    status: 401,
    title: 'Invalid credentials',
    when: 'wrong name or password, or a locked account',
    detail: 'Name and password do not belong together, or the account is locked for now.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'Invalid cursor',
    when: 'not a cursor of this list in this order',
    detail: 'The cursor is not one that this list gave out.',
    errors: [{ field: 'cursor', code: 'invalid-cursor', message: 'Use next_cursor of the page before.' }],
  },
  'invalid-signature': {
    status: 403,
    title: 'Invalid signature',
    when: 'webhook only: not signed by Stripe, or too long ago',
    detail: 'The signature is not valid.',
  },
  'invalid-token': {
    status: 422,
    title: 'Invalid token',
    when: 'an emailed link that was used, is too old or was replaced',
    detail: 'This link is not valid: it was used before, is too old, or a newer one was sent.',
  },
  'malformed-json': {
    status: 400,
    title: 'Malformed JSON',
    when: 'not JSON in UTF-8, or cut off',
    detail: 'The body is not JSON in UTF-8.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    when: '`Allow` names the methods',
    detail: 'This address answers GET, OPTIONS.',
  },
  misconfigured: {
    status: 500,
    title: 'Misconfigured',
    when: 'the operator must set what `detail` names',
    detail: 'The Worker is not configured: STRIPE_SECRET_KEY.',
    errors: [{ field: 'STRIPE_SECRET_KEY', code: 'misconfigured', message: 'Is missing.' }],
  },
  'network-share-exceeded': {
    status: 409,
    title: 'Share of the stock exceeded',
    when: 'open guest checkouts from the same network hold their third of the stock: wait until one ends, sign in to an account with a confirmed address, or send a proof (`turnstile`)',
    detail: 'Open checkouts from your network hold their share of this already.',
    ...liftedByProof,
  },
  'no-cart-id': {
    status: 422,
    title: 'Session of another shop',
    when: 'in webhook answers: the session was not made by this shop',
    detail: 'The session names no checkout of this shop.',
  },
  'not-authenticated': {
    status: 401,
    title: 'Not authenticated',
    when: 'nobody is signed in, or an `Authorization: Bearer` that is malformed or not valid',
    detail: 'Sign in first.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    when: 'no such thing, or not yours',
    detail: 'There is no such product.',
  },
  'order-creation-failed': {
    status: 500,
    title: 'Order creation failed',
    when: 'paid, and the order could not be written yet; operators know, ask again',
    detail: 'The order could not be written.',
  },
  'origin-not-allowed': {
    status: 403,
    title: 'Origin not allowed',
    when: 'not an origin of `CORS_ORIGINS`; `detail` names it',
    detail: 'Requests from this origin are not accepted.',
  },
  'password-too-weak': {
    status: 422,
    title: 'Password too weak',
    when: '`errors` has a line for each broken rule',
    detail: 'This password does not meet the rules.',
    errors: [{ field: 'password', code: 'too-short', message: 'Use at least 8 characters.' }],
  },
  'payload-too-large': {
    status: 413,
    title: 'Payload too large',
    when: 'body above 64 KiB',
    detail: 'A body may have at most 65536 bytes.',
  },
  'payment-not-completed': {
    status: 409,
    title: 'Payment not completed',
    when: 'an order was asked for before its payment',
    detail: 'The session has not been paid.',
  },
  'payment-unmatched': {
    status: 409,
    title: 'Payment unmatched',
    when: "in webhook answers: paid, and not by the checkout's own session, not at its total, too late for its stock, or given back",
    detail: "The payment was not made by the checkout's own session.",
  },
  'permission-missing': {
    status: 403,
    title: 'Permission missing',
    when: 'an operator, or a token, may not do this; the operation names the permission as `x-permission`',
    detail: 'This needs the permission orders:refund.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition failed',
    when: 'the account has changed since the `ETag` of `If-Match`: read it again',
    detail: 'The account has changed since it was read. Read it again.',
  },
  'price-changed': {
    status: 409,
    title: 'Price changed',
    when: 'not `expected_total`; `total` (Money) is what it is now',
    detail: 'The total is no longer what was shown.',
    members: z.object({ total: moneySchema }),
    memberExample: { total: { amount: 5390, currency: 'usd' } },
  },
  'quantity-limit': {
    status: 422,
    title: 'Quantity limit',
    when: `a line holds 1 to ${LINE_QUANTITY_MAX}`,
    detail: `A line holds at most ${LINE_QUANTITY_MAX} units.`,
  },
  'rate-limited': {
    status: 429,
    title: 'Rate limited',
    when: 'repeat after `Retry-After`; `retry_after` has its seconds. With `turnstile`, a proof lets the request through',
    detail: 'Too many requests for now.',
    members: z.object({
      retry_after: z.int().openapi({ description: 'Seconds' }),
      policies: z.array(z.string()).openapi({ description: 'Those that are used up' }),
      turnstile: turnstileHintSchema,
    }),
    memberExample: { retry_after: 31, policies: ['sign-in-minute'] },
  },
  'session-ended': {
    status: 401,
    title: 'Session ended',
    when: 'ended elsewhere, or too old: sign in again',
    detail: 'This session has ended. Sign in again.',
  },
  'shipping-method-not-found': {
    status: 404,
    title: 'Shipping method not found',
    when: 'unknown, withdrawn or in another currency',
    detail: 'There is no such shipping method.',
  },
  'shipping-method-required': {
    status: 422,
    title: 'Shipping method required',
    when: 'the shop offers none',
    detail: 'The shop offers no way to ship this.',
  },
  'sku-not-available': {
    status: 409,
    title: 'SKU not available',
    when: 'not for sale, without a price, or out of stock; at the checkout, `skus` names which',
    detail: 'Some of what is in the cart cannot be bought at present.',
    members: z.object({ skus: shortSkusSchema.optional() }),
    memberExample: { skus: [{ sku_id: SKU_ID, requested: 1, available_quantity: 0 }] },
  },
  'sku-not-found': {
    status: 404,
    title: 'SKU not found',
    when: 'no such SKU',
    detail: 'There is no such SKU.',
  },
  'sku-not-in-product': {
    status: 409,
    title: 'SKU not in product',
    when: '`product_id` is no product on sale that holds the SKU',
    detail: 'This product does not hold this SKU.',
  },
  'stripe-api-error': {
    status: 502,
    title: 'Stripe did not answer',
    when: 'Stripe did not answer; nothing was charged, try again',
    detail: 'Stripe did not answer. Nothing was charged; try again.',
  },
  'terms-version-unknown': {
    status: 422,
    title: 'Unknown version of the terms',
    when: 'not the version that holds now: read them again',
    detail: 'This is not the current version of the terms. Read them again.',
  },
  'total-too-large': {
    status: 422,
    title: 'Total too large',
    when: 'more than Stripe charges at once',
    detail: 'The total is more than can be charged at once.',
  },
  'turnstile-failed': {
    status: 403,
    title: 'Turnstile failed',
    when: 'the proof is not good, or was used before: have the widget make another',
    detail: 'The check was not passed, or its token was used before: solve it anew.',
    ...liftedByProof,
  },
  'turnstile-required': {
    status: 403,
    title: 'Turnstile required',
    when: 'the shop asks for a proof here: show the widget for `turnstile.site_key` and send `turnstile_token`',
    detail: 'Solve the check and send its token as turnstile_token.',
    ...liftedByProof,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    when: 'a body that is not `application/json`',
    detail: 'Send the body as application/json.',
  },
  'validation-failed': {
    status: 422,
    title: 'Validation failed',
    when: '`errors` names the fields',
    detail: 'Some of what was sent is not valid.',
    errors: [{ field: 'quantity', code: 'too-large', message: 'Too big: expected number to be <=99' }],
  },
} satisfies Record<string, Entry>

/** Every code a client can meet. */
export type ErrorCode = keyof typeof PROBLEMS

/** Why a discount code does not count. */
export type DiscountRefusal = Extract<ErrorCode, `discount-${string}`>

export const DISCOUNT_REFUSALS = Object.keys(PROBLEMS).filter(
  (code): code is DiscountRefusal => code.startsWith('discount-') && isErrorCode(code),
)

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in PROBLEMS
}

export const problemOf = (code: ErrorCode): Entry => PROBLEMS[code]
