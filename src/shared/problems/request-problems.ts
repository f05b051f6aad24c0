import { z } from '@hono/zod-openapi'
import { turnstileHintSchema } from '../turnstile.ts'
import { liftedByProof, type Problem } from './problem.ts'

/** Problems that any request can meet. */
export const REQUEST_PROBLEMS = {
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
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    when: 'the key was used for another request: use a new one',
    detail: 'This Idempotency-Key was used for another request.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    when: 'an unexpected error, logged with the request id',
    detail: 'Something went wrong on our side.',
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
  'not-found': {
    status: 404,
    title: 'Not found',
    when: "it does not exist, or is somebody else's",
    detail: 'There is no such product.',
  },
  'origin-not-allowed': {
    status: 403,
    title: 'Origin not allowed',
    when: 'the request comes from an origin that is not in `CORS_ORIGINS`; `detail` names it',
    detail: 'Requests from this origin are not accepted.',
  },
  'payload-too-large': {
    status: 413,
    title: 'Payload too large',
    when: 'the body exceeds 64 KiB',
    detail: 'A body may have at most 65536 bytes.',
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
} satisfies Record<string, Problem>
