import Stripe from 'stripe'
import type { Env } from '../../env.ts'
import { fetchWithin } from '../../shared/deadline.ts'
import { AppError } from '../../shared/errors.ts'

export type StripeClient = Stripe

type StripeEnv = Pick<Env, 'STRIPE_SECRET_KEY' | 'STRIPE_API_BASE' | 'STRIPE_TIMEOUT_MS'>

/** Nothing of a request is in a client, and to make one is the dearest part of many a request. */
const made = new WeakMap<StripeEnv, StripeClient>()

/** The Stripe SDK over fetch. Retries connection failures, 409 and 5xx with the same idempotency key. */
export function createStripe(env: StripeEnv): StripeClient {
  const client = made.get(env) ?? makeStripe(env)
  made.set(env, client)
  return client
}

/** The SDK gives every attempt its own time; this holds them all to the deadline of the request. */
const fetchInTime =
  (ms: number): typeof fetch =>
  (input: URL | RequestInfo, init: RequestInit = {}) =>
    fetchWithin(ms, input instanceof Request ? input.url : input, init)

function makeStripe(env: StripeEnv): StripeClient {
  const base = env.STRIPE_API_BASE === undefined ? undefined : new URL(env.STRIPE_API_BASE)
  return new Stripe(env.STRIPE_SECRET_KEY, {
    httpClient: Stripe.createFetchHttpClient(fetchInTime(env.STRIPE_TIMEOUT_MS)),
    timeout: env.STRIPE_TIMEOUT_MS,
    maxNetworkRetries: 2,
    telemetry: false,
    ...(base === undefined
      ? {}
      : { host: base.hostname, port: base.port, protocol: base.protocol === 'https:' ? 'https' : 'http' }),
  })
}

/**
 * Stripe refused the request for what it says: it had no effect, and repeating it will not help. A key that Stripe knows
 * with other parameters (a deploy may change them) is no such refusal: the first request under it may well have taken.
 */
export const isRefused = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeError &&
  !(error instanceof Stripe.errors.StripeIdempotencyError) &&
  error.statusCode !== undefined &&
  error.statusCode >= 400 &&
  error.statusCode < 500 &&
  error.statusCode !== 409 &&
  error.statusCode !== 429 &&
  error.statusCode !== 401 &&
  error.statusCode !== 403

export const isMissing = (error: unknown): boolean => isRefused(error) && error.statusCode === 404

/** Stripe could not be asked, or did not answer. Nothing of its message reaches the caller. */
export const stripeApiError = (cause: unknown): AppError =>
  new AppError('stripe-api-error', 'The payment service did not answer. Nothing was charged; try again shortly.', {
    cause,
  })
