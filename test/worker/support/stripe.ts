import Stripe from 'stripe'
import { inject } from 'vitest'
import type { Answer, Client } from './client.ts'
import { createClient } from './client.ts'

const base = inject('stripeBase')

// oxlint-disable-next-line typescript/no-explicit-any -- tests read whatever the emulator answers
async function control(method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${base}/_emulator${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return response.json()
}

type Payment = { card?: string; email?: string; name?: string; payment_method?: string }

export const pay = (sessionId: string, payment: Payment = {}) =>
  control('POST', `/checkout/sessions/${sessionId}/pay`, {
    card: '4242424242424242',
    email: 'jane@example.com',
    name: 'Jane Doe',
    ...payment,
  })

export const settleDebit = (sessionId: string, outcome: 'succeeded' | 'failed') =>
  control('POST', `/checkout/sessions/${sessionId}/settle`, { outcome })

export const expire = (sessionId: string) => control('POST', `/checkout/sessions/${sessionId}/expire`)

/** The session that a payment link makes for whoever opens it; `reference` is what its address says. */
export const openPaymentLink = (amount: number, reference?: string) =>
  control('POST', '/payment_links/open', { amount, ...(reference && { client_reference_id: reference }) })

export const openDispute = (intent: string, given: { amount?: number; reason?: string; status?: string } = {}) =>
  control('POST', `/payment_intents/${intent}/dispute`, given)

export const closeDispute = (disputeId: string, status: 'won' | 'lost') =>
  control('POST', `/disputes/${disputeId}/close`, { status })

/** What the bank does with a dispute without closing it: turns an inquiry into a chargeback, or a decision round. */
export const moveDispute = (disputeId: string, status: string) =>
  control('POST', `/disputes/${disputeId}/move`, { status })

/** The bank sends the money of a refund back to the shop. */
export const failRefund = (refundId: string) => control('POST', `/refunds/${refundId}/fail`)

export const failStripe = (fault: {
  method: string
  path: string
  when: 'before' | 'after'
  status: number | 'timeout'
  times?: number
}) => control('POST', '/faults', { times: 1, ...fault })

export const clearStripeFaults = () => control('DELETE', '/faults')

export const stripeRequests = () => control('GET', '/requests')

/** The SDK as the test's own look into Stripe. */
export const stripe = new Stripe('sk_test_emulator', {
  host: new URL(base).hostname,
  port: new URL(base).port,
  protocol: 'http',
  httpClient: Stripe.createFetchHttpClient(),
})

const signer = Stripe.createSubtleCryptoProvider()

/** An event about a session, as Stripe would send it now. */
export const sessionEvent = (
  type: string,
  session: { id: string },
  id = `evt_${crypto.randomUUID().replaceAll('-', '')}`,
) => ({
  id,
  object: 'event',
  api_version: '2026-10-28',
  created: Math.floor(Date.now() / 1_000),
  data: { object: { ...session, object: 'checkout.session' } },
  livemode: false,
  pending_webhooks: 1,
  request: null,
  type,
})

/** Sends an event to the Worker with a signature over exactly these bytes. */
export async function deliver(
  event: unknown,
  client: Client = createClient(),
  secret = inject('stripeWebhookSecret'),
): Promise<Answer> {
  const payload = JSON.stringify(event)
  const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, cryptoProvider: signer })
  return client.call('POST', '/v1/webhooks/stripe', {
    body: payload,
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': header },
  })
}
