import { z } from '@hono/zod-openapi'
import { CART_LINES_MAX, LINE_QUANTITY_MAX } from './cart-limits.ts'
import type { FieldErrorCode } from './field-errors.ts'
import { moneySchema } from './money.ts'
import { turnstileHintSchema } from './turnstile.ts'

export type FieldError = { field: string; code: FieldErrorCode; message: string }

type Entry = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 502 | 503
  /** The problem in a few words, always the same for a code. */
  title: string
  /** When it occurs and what a client should do, in Markdown for docs/api.md. */
  when: string
  /** An example of `detail`. */
  detail: string
  /** Further members of the problem document, with an example. */
  members?: z.ZodObject
  memberExample?: Record<string, unknown>
  /** An example of `errors`; a problem without one has no `errors`. */
  errors?: FieldError[]
}

const shortSkusSchema = z.array(
  z
    .object({
      sku_id: z.uuid(),
      requested: z.int(),
      available_quantity: z.int().openapi({ description: 'How many units this cart could have' }),
    })
    .openapi('ShortSku'),
)

/** The member of a refusal that passing Turnstile lifts. */
const liftedByProof = {
  members: z.object({ turnstile: turnstileHintSchema }),
  memberExample: { turnstile: { site_key: '1x00000000000000000000AA' } },
}

const SKU_ID = '019468f9-f800-74c2-8231-9f2942c8623a'

/**
 * Every problem that the API answers. Types, answers, the OpenAPI document with an example of each, and the table in
 * docs/api.md (`npm run openapi`) are made from it, so a new problem is one entry here.
 */
export const PROBLEMS = {
  'access-token-expired': {
    status: 401,
    title: 'Access token expired',
    when: 'call `POST /v1/auth/refresh`, then repeat the request',
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
  'csrf-failed': {
    status: 403,
    title: 'CSRF check failed',
    when: "the CSRF token is missing, wrong or another visitor's: get a new one and repeat the request once",
    detail: 'Ask GET /v1/auth/csrf for a token and send it in X-CSRF-Token, with the cookies.',
  },
  'database-unavailable': {
    status: 503,
    title: 'Database unavailable',
    when: 'the database does not answer; nothing is half done, repeat after `Retry-After`',
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
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    when: 'the key was used for another request: use a new one',
    detail: 'This Idempotency-Key was used for another request.',
  },
  'insufficient-stock': {
    status: 409,
    title: 'Insufficient stock',
    when: '`skus` says how much was asked for and how much is left',
    detail: 'Some items in the cart are not in stock any more.',
    members: z.object({ skus: shortSkusSchema }),
    memberExample: { skus: [{ sku_id: SKU_ID, requested: 3, available_quantity: 1 }] },
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    when: 'an unexpected error, logged with the request id',
    detail: 'Something went wrong on our side.',
  },
  'invalid-credentials': {
    status: 401,
    title: 'Invalid credentials',
    when: 'wrong username, email or password, or a locked account',
    detail: 'The name or the password is wrong, or the account is locked for now.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'Invalid cursor',
    when: 'not a cursor of this list in this order',
    detail: 'This is not a cursor of this list.',
    errors: [{ field: 'cursor', code: 'invalid-cursor', message: 'Use next_cursor of the previous page.' }],
  },
  'invalid-signature': {
    status: 403,
    title: 'Invalid signature',
    when: 'webhooks only: not signed by Stripe, or signed too long ago',
    detail: 'The signature is not valid.',
  },
  'invalid-token': {
    status: 422,
    title: 'Invalid token',
    when: 'the emailed link was used, is too old or was replaced by a newer one',
    detail: 'This link is not valid: it was used before, is too old, or a newer one was sent.',
  },
  'malformed-json': {
    status: 400,
    title: 'Malformed JSON',
    when: 'the body is not JSON in UTF-8, or was cut off',
    detail: 'The body is not JSON in UTF-8.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    when: '`Allow` lists the methods of this path',
    detail: 'This address answers GET, OPTIONS.',
  },
  misconfigured: {
    status: 500,
    title: 'Misconfigured',
    when: 'the Worker lacks the variables that `detail` names',
    detail: 'The Worker is not configured: STRIPE_SECRET_KEY.',
    errors: [{ field: 'STRIPE_SECRET_KEY', code: 'misconfigured', message: 'Is missing.' }],
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
  'not-authenticated': {
    status: 401,
    title: 'Not authenticated',
    when: 'nobody is signed in, or the Bearer token is malformed or not valid',
    detail: 'Sign in first.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    when: "it does not exist, or is somebody else's",
    detail: 'There is no such product.',
  },
  'order-creation-failed': {
    status: 500,
    title: 'Order creation failed',
    when: 'the payment is there, but the order could not be written yet; operators are alerted, ask again',
    detail: 'The order could not be written.',
  },
  'origin-not-allowed': {
    status: 403,
    title: 'Origin not allowed',
    when: 'the request comes from an origin that is not in `CORS_ORIGINS`; `detail` names it',
    detail: 'Requests from this origin are not accepted.',
  },
  'password-too-weak': {
    status: 422,
    title: 'Password too weak',
    when: '`errors` has an entry for each broken rule',
    detail: 'This password does not meet the rules.',
    errors: [{ field: 'password', code: 'too-short', message: 'Use at least 8 characters.' }],
  },
  'payload-too-large': {
    status: 413,
    title: 'Payload too large',
    when: 'the body exceeds 64 KiB',
    detail: 'A body may have at most 65536 bytes.',
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
  'permission-missing': {
    status: 403,
    title: 'Permission missing',
    when: 'the operator or API token lacks the permission, which the operation names as `x-permission`',
    detail: 'This needs the permission orders:refund.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition failed',
    when: 'the account has changed since the `ETag` in `If-Match`: read it again',
    detail: 'The account has changed since it was read. Read it again.',
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
  'rate-limited': {
    status: 429,
    title: 'Rate limited',
    when: 'repeat after `Retry-After`; `retry_after` is the same in seconds. If `turnstile` is present, passing it lifts the limit',
    detail: 'Too many requests at the moment.',
    members: z.object({
      retry_after: z.int().openapi({ description: 'Seconds' }),
      policies: z.array(z.string()).openapi({ description: 'The limits that are used up' }),
      turnstile: turnstileHintSchema,
    }),
    memberExample: { retry_after: 31, policies: ['sign-in-minute'] },
  },
  'session-ended': {
    status: 401,
    title: 'Session ended',
    when: 'the session was ended or has run out: sign in again',
    detail: 'This session has ended. Sign in again.',
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
    when: 'Stripe did not answer; nothing was charged, try again',
    detail: 'Stripe did not answer. Nothing was charged; try again.',
  },
  'terms-version-unknown': {
    status: 422,
    title: 'Unknown version of the terms',
    when: 'this is not the current version: read the terms again',
    detail: 'This is not the current version of the terms. Read them again.',
  },
  'total-too-large': {
    status: 422,
    title: 'Total too large',
    when: 'the total is more than Stripe charges at once',
    detail: 'The total is more than Stripe charges at once.',
  },
  'turnstile-failed': {
    status: 403,
    title: 'Turnstile failed',
    when: 'the Turnstile token is not valid or was used before: let the widget make another',
    detail: 'The check failed, or its token was used before. Solve it again.',
    ...liftedByProof,
  },
  'turnstile-required': {
    status: 403,
    title: 'Turnstile required',
    when: 'the shop requires Turnstile here: show the widget for `turnstile.site_key` and send its token as `turnstile_token`',
    detail: 'Solve the check and send its token as turnstile_token.',
    ...liftedByProof,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    when: 'the body is not `application/json`',
    detail: 'Send the body as application/json.',
  },
  'validation-failed': {
    status: 422,
    title: 'Validation failed',
    when: '`errors` names the fields',
    detail: 'The request is not valid.',
    errors: [{ field: 'quantity', code: 'too-large', message: 'Too big: expected number to be <=99' }],
  },
} satisfies Record<string, Entry>

/** Every code of a problem. */
export type ErrorCode = keyof typeof PROBLEMS

/** Why a discount code does not apply. */
export type DiscountRefusal = Extract<ErrorCode, `discount-${string}`>

export const DISCOUNT_REFUSALS = Object.keys(PROBLEMS).filter(
  (code): code is DiscountRefusal => code.startsWith('discount-') && isErrorCode(code),
)

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in PROBLEMS
}

export const problemOf = (code: ErrorCode): Entry => PROBLEMS[code]
