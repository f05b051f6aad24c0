import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ErrorCode, FieldError } from '../shared/errors.ts'
import { createLog } from '../shared/log.ts'
import type { AppEnv } from './app-env.ts'
import { isValueAtFault, toAppError } from './known-error.ts'

export const STATUS = {
  'amount-too-small': 422,
  'cart-changed': 409,
  'cart-empty': 422,
  'cart-lines-limit': 422,
  'cart-not-found': 404,
  'checkout-already-paid': 409,
  'csrf-failed': 403,
  'database-unavailable': 503,
  'discount-already-applied': 422,
  'discount-exhausted': 422,
  'discount-expired': 422,
  'discount-minimum-not-reached': 422,
  'discount-needs-email': 422,
  'discount-not-combinable': 422,
  'discount-not-found': 404,
  'discount-not-yet-valid': 422,
  'discount-used-up': 422,
  'discount-wrong-currency': 422,
  'idempotency-key-reused': 422,
  'insufficient-stock': 409,
  'internal-error': 500,
  'invalid-cursor': 400,
  'invalid-signature': 403,
  'malformed-json': 400,
  'method-not-allowed': 405,
  misconfigured: 500,
  'no-cart-id': 422,
  'not-found': 404,
  'order-creation-failed': 500,
  'origin-not-allowed': 403,
  'payload-too-large': 413,
  'payment-not-completed': 409,
  'payment-unmatched': 409,
  'precondition-failed': 412,
  'price-changed': 409,
  'quantity-limit': 422,
  'rate-limited': 429,
  'shipping-method-not-found': 404,
  'shipping-method-required': 422,
  'sku-not-available': 409,
  'sku-not-found': 404,
  'stripe-api-error': 502,
  'total-too-large': 422,
  'unsupported-media-type': 415,
  'access-token-expired': 401,
  'account-exists': 409,
  'invalid-credentials': 401,
  'invalid-token': 422,
  'not-authenticated': 401,
  'password-too-weak': 422,
  'session-ended': 401,
  'terms-version-unknown': 422,
  'validation-failed': 422,
} as const satisfies Record<ErrorCode, ContentfulStatusCode>

const TITLE: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
}

/** RFC 9457 problem document. */
export const problemSchema = z
  .looseObject({
    type: z.string().openapi({ example: 'urn:mercat:problem:insufficient-stock' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().openapi({ description: 'Stable; programs decide by it' }),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

type Problem = { code: ErrorCode; detail: string; errors: FieldError[]; details: Record<string, unknown> }

function problemResponse(
  c: Context<AppEnv>,
  { code, detail, errors, details }: Problem,
  headers: Record<string, string> = {},
) {
  const status = STATUS[code]
  const body = {
    ...details,
    type: `urn:mercat:problem:${code}`,
    title: TITLE[status] ?? 'Error',
    status,
    detail,
    code,
    request_id: c.get('requestId') ?? 'unknown',
    ...(errors.length > 0 ? { errors } : {}),
  }
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  })
}

/** The one place where an error becomes an answer. What it does not know is logged and answered with a bare 500. */
export function onError(error: unknown, c: Context<AppEnv>): Response {
  const log = c.get('ctx')?.log ?? createLog({ request_id: c.get('requestId'), door: 'fetch' })
  const known = toAppError(error)
  if (STATUS[known.code] >= 500)
    log.error('request-failed', { code: known.code, method: c.req.method, path: c.req.path, error: known })
  else if (isValueAtFault(known.cause))
    // Schemas should have refused what the database did: a 4xx here is ours to look at.
    log.warn('refused-by-the-database', { code: known.code, method: c.req.method, path: c.req.path, error: known })
  const given = known.details.retry_after
  const retryAfter = typeof given === 'number' ? given : STATUS[known.code] === 503 ? 1 : undefined
  return problemResponse(
    c,
    { code: known.code, detail: known.message, errors: known.errors, details: known.details },
    {
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      ...(STATUS[known.code] === 401 ? { 'WWW-Authenticate': 'Bearer realm="mercat"' } : {}),
    },
  )
}
