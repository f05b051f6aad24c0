import type Stripe from 'stripe'
import type { NewCheckoutSession } from '../checkout-session.ts'
import type { CustomerUpdate } from '../customer.ts'
import { readBillingHistory } from './billing-history.ts'
import { createStripe, type StripeEnv } from './client.ts'
import { createCustomer, deleteCustomer, type NewCustomer, updateCustomer } from './customers.ts'
import { findDispute, listDisputes } from './disputes.ts'
import { type EventSpan, listOldestEvents, verifyEvent, type WebhookCall } from './events.ts'
import { openCheckoutSession } from './open-session.ts'
import { findRefundedPayment, listRefunds } from './refunds.ts'
import {
  endCheckoutSession,
  findCheckoutSession,
  findSessionOfPayment,
  listCheckoutSessions,
  type SessionSpan,
} from './sessions.ts'

/** Everything that the shop asks of its payment provider, in the types of `payments/`. */
const verbsOf = (stripe: Stripe, env: StripeEnv) => ({
  openCheckoutSession: (session: NewCheckoutSession) => openCheckoutSession(stripe, session),
  findCheckoutSession: (id: string) => findCheckoutSession(stripe, id),
  findSessionOfPayment: (paymentIntentId: string) => findSessionOfPayment(stripe, paymentIntentId),
  endCheckoutSession: (id: string) => endCheckoutSession(stripe, id),
  listCheckoutSessions: (span: SessionSpan) => listCheckoutSessions(stripe, span),
  listRefunds: (paymentIntentId: string) => listRefunds(stripe, paymentIntentId),
  findRefundedPayment: (refundOrChargeId: string) => findRefundedPayment(stripe, refundOrChargeId),
  listDisputes: (paymentIntentId: string) => listDisputes(stripe, paymentIntentId),
  findDispute: (id: string) => findDispute(stripe, id),
  createCustomer: (customer: NewCustomer) => createCustomer(stripe, customer),
  updateCustomer: (id: string, update: CustomerUpdate) => updateCustomer(stripe, id, update),
  deleteCustomer: (id: string) => deleteCustomer(stripe, id),
  readBillingHistory: (customerId: string) => readBillingHistory(stripe, customerId),
  verifyEvent: (call: WebhookCall) => verifyEvent(stripe, env, call),
  listOldestEvents: (span: EventSpan) => listOldestEvents(stripe, env, span),
})

export type Payments = ReturnType<typeof verbsOf>

/** A client holds nothing of a request, and making one would be the most expensive part of many requests. */
const connected = new WeakMap<StripeEnv, Payments>()

/** Makes `ctx.payments`; all requests with the same environment share a client. */
export function connectPayments(env: StripeEnv): Payments {
  const known = connected.get(env) ?? verbsOf(createStripe(env), env)
  connected.set(env, known)
  return known
}
