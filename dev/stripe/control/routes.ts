import { z } from 'zod'
import { notFound, refused } from '../api/errors.ts'
import { faultSchema } from '../api/faults.ts'
import { type Emulator, NO_CAUSE } from '../emulator.ts'
import { newId } from '../model/ids.ts'
import type { Charge, PaymentIntent } from '../model/objects.ts'
import { closeDispute, moveDispute, openDispute } from '../payments/disputes.ts'
import { expireSession } from '../payments/expire-session.ts'
import { paySession } from '../payments/pay-session.ts'
import { failRefund, paidChargeOf, refundCharge } from '../payments/refunds.ts'
import { settleSession } from '../payments/settle-session.ts'
import { getSession } from '../resources/checkout-sessions.ts'
import { createSession } from '../resources/create-checkout-session.ts'
import { getDispute } from '../resources/disputes.ts'
import { getRefund } from '../resources/refunds.ts'
import { payBody, payerFrom } from './pay-body.ts'

type ControlCall = { emulator: Emulator; id: string; body: unknown }

type ControlRoute = { method: string; segments: string[]; run(call: ControlCall): unknown }

/** A control call takes a JSON body; an absent one counts as `{}`. */
function control<B>(
  method: string,
  path: string,
  body: z.ZodType<B>,
  run: (call: { emulator: Emulator; id: string; body: B }) => unknown,
): ControlRoute {
  return {
    method,
    segments: path.split('/'),
    run: ({ emulator, id, body: given }) => run({ emulator, id, body: body.parse(given) }),
  }
}

const nothing = z.unknown()

function chargeOf(emulator: Emulator, intentId: string): { intent: PaymentIntent; charge: Charge } {
  const intent = emulator.store.paymentIntents.get(intentId)
  if (!intent) throw notFound('payment_intent', intentId)
  return { intent, charge: paidChargeOf(emulator, intent) }
}

const session = '/_emulator/checkout/sessions/{id}'

const checkoutControls = [
  control('POST', `${session}/pay`, payBody, ({ emulator, id, body }) => {
    const record = getSession(emulator, id)
    paySession(emulator, record, payerFrom(emulator, record, body), NO_CAUSE)
    return record.object
  }),
  control(
    'POST',
    `${session}/settle`,
    z.strictObject({ outcome: z.enum(['succeeded', 'failed']).default('succeeded') }),
    ({ emulator, id, body }) => {
      const record = getSession(emulator, id)
      settleSession(emulator, record, body.outcome, NO_CAUSE)
      return record.object
    },
  ),
  control('POST', `${session}/expire`, nothing, ({ emulator, id }) => {
    const record = getSession(emulator, id)
    if (record.object.status !== 'open') {
      throw refused(`This Checkout Session has a status of \`${record.object.status}\` and cannot expire.`)
    }
    // As if its time had come, so that the object does not contradict itself.
    record.object.expires_at = Math.min(record.object.expires_at, emulator.now())
    expireSession(emulator, record, NO_CAUSE)
    return record.object
  }),
]

const linkBody = z.strictObject({
  amount: z.int().min(0),
  currency: z.string().default('usd'),
  client_reference_id: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
})

/** Somebody opens a payment link; `client_reference_id` is what its address says. */
const openPaymentLink = control(
  'POST',
  '/_emulator/payment_links/open',
  linkBody,
  ({ emulator, body: { amount, currency, ...given } }) => {
    const price = { currency, unit_amount: amount, product_data: { name: 'Payment link' } }
    const { object } = createSession(emulator, {
      ...given,
      mode: 'payment',
      line_items: [{ quantity: 1, price_data: price }],
      success_url: 'https://payment-link.test/thanks',
    })
    object.payment_link = newId('plink')
    return object
  },
)

const amount = z.int().min(1).nullish()

const paymentControls = [
  control(
    'POST',
    '/_emulator/payment_intents/{id}/refund',
    z.strictObject({ amount, reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).nullish() }),
    ({ emulator, id, body }) => {
      const { charge } = chargeOf(emulator, id)
      const given = { amount: body.amount ?? null, reason: body.reason ?? null, metadata: {} }
      return refundCharge(emulator, charge, given, NO_CAUSE)
    },
  ),
  control(
    'POST',
    '/_emulator/payment_intents/{id}/dispute',
    z.strictObject({
      amount,
      reason: z.string().default('fraudulent'),
      status: z.enum(['warning_needs_response', 'needs_response']).default('needs_response'),
    }),
    ({ emulator, id, body }) =>
      openDispute(
        emulator,
        chargeOf(emulator, id).charge,
        { amount: body.amount ?? null, reason: body.reason, status: body.status },
        NO_CAUSE,
      ),
  ),
  control(
    'POST',
    '/_emulator/disputes/{id}/move',
    z.strictObject({ status: z.enum(['needs_response', 'under_review', 'won', 'lost', 'appeal_under_review']) }),
    ({ emulator, id, body }) => moveDispute(emulator, getDispute(emulator, id), body.status, NO_CAUSE),
  ),
  control('POST', '/_emulator/refunds/{id}/fail', nothing, ({ emulator, id }) => {
    const refund = getRefund(emulator, id)
    return failRefund(emulator, refund, chargeOf(emulator, refund.payment_intent ?? '').charge, NO_CAUSE)
  }),
  control(
    'POST',
    '/_emulator/disputes/{id}/close',
    z.strictObject({ status: z.enum(['won', 'lost']).default('lost') }),
    ({ emulator, id, body }) => closeDispute(emulator, getDispute(emulator, id), body.status, NO_CAUSE),
  ),
]

const webhookReport = ({ webhooks }: Emulator) => ({ mode: webhooks.mode, url: webhooks.url, events: webhooks.list() })

const webhookControls = [
  control('GET', '/_emulator/webhooks', nothing, ({ emulator }) => webhookReport(emulator)),
  control(
    'PUT',
    '/_emulator/webhooks',
    z.strictObject({ mode: z.enum(['deliver', 'hold', 'drop']).optional(), url: z.url().optional() }),
    ({ emulator, body }) => {
      if (body.url !== undefined) emulator.webhooks.setUrl(body.url)
      if (body.mode !== undefined) emulator.webhooks.setMode(body.mode)
      return { mode: emulator.webhooks.mode, url: emulator.webhooks.url }
    },
  ),
  control(
    'POST',
    '/_emulator/webhooks/{id}/redeliver',
    z.strictObject({ times: z.int().min(1).max(1000).default(1), parallel: z.boolean().default(false) }),
    async ({ emulator, id, body }) => {
      if (!emulator.webhooks.has(id)) throw notFound('event', id)
      return { responses: await emulator.webhooks.redeliver(id, body.times, body.parallel) }
    },
  ),
]

const faultControls = [
  control('GET', '/_emulator/faults', nothing, ({ emulator }) => emulator.faults.list()),
  control('POST', '/_emulator/faults', faultSchema, ({ emulator, body }) => {
    emulator.faults.add(body)
    return emulator.faults.list()
  }),
  control('DELETE', '/_emulator/faults', nothing, ({ emulator }) => {
    emulator.faults.clear()
    return []
  }),
  control('GET', '/_emulator/requests', nothing, ({ emulator }) => emulator.requests.list()),
  control('DELETE', '/_emulator/requests', nothing, ({ emulator }) => {
    emulator.requests.clear()
    return []
  }),
  control('PUT', '/_emulator/latency', z.strictObject({ ms: z.int().min(0).max(60_000) }), ({ emulator, body }) => {
    emulator.latencyMs = body.ms
    return body
  }),
]

const index = control('GET', '/_emulator', nothing, () => ({
  calls: controlRoutes.map(({ method, segments }) => `${method} ${segments.join('/')}`),
}))

export const controlRoutes: ControlRoute[] = [
  index,
  ...checkoutControls,
  openPaymentLink,
  ...paymentControls,
  ...webhookControls,
  ...faultControls,
]
