import Stripe from 'stripe'
import type { Env } from '../../env.ts'
import { fetchWithin } from '../../shared/deadline.ts'

export type StripeEnv = Pick<
  Env,
  'STRIPE_SECRET_KEY' | 'STRIPE_WEBHOOK_SECRET' | 'STRIPE_API_BASE' | 'STRIPE_TIMEOUT_MS'
>

/** The SDK's timeout is for each attempt; this holds all attempts together to the request's deadline. */
const fetchInTime =
  (ms: number): typeof fetch =>
  (input: URL | RequestInfo, init: RequestInit = {}) =>
    fetchWithin(ms, input instanceof Request ? input.url : input, init)

/** Stripe's SDK over `fetch`. It retries failed connections, 409 and 5xx with the same idempotency key. */
export function createStripe(env: StripeEnv): Stripe {
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
