import { notFound, refused } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import {
  clearable,
  createdFilter,
  email,
  metadata,
  notEmulated,
  oneOf,
  pagination,
  params,
  text,
} from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import type { PaymentIntent } from '../model/objects.ts'
import { mergedMetadata } from './metadata.ts'

const unlessEmulated = notEmulated.optional()

function getIntent(emulator: Emulator, id: string): PaymentIntent {
  const intent = emulator.store.paymentIntents.get(id)
  if (!intent) throw notFound('payment_intent', id, 'intent')
  return intent
}

const CANCELABLE = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action'])

export const paymentRoutes = [
  route({
    method: 'GET',
    path: '/v1/payment_intents',
    params: params({ ...pagination, ...createdFilter, customer: text().optional(), customer_account: unlessEmulated }),
    returns: listOf('payment_intent'),
    run({ emulator, params }) {
      const intents = newestFirst(emulator.store.paymentIntents.values()).filter(
        (intent) =>
          createdWithin(intent.created, params.created) &&
          (params.customer === undefined || intent.customer === params.customer),
      )
      return page(intents, params, '/v1/payment_intents', 'payment_intent')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_intents/{id}',
    params: params({ client_secret: unlessEmulated }),
    returns: one('payment_intent'),
    run: ({ emulator, id }) => getIntent(emulator, id),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/{id}',
    params: params({
      metadata: clearable(metadata).optional(),
      description: text(1000).optional(),
      receipt_email: clearable(email).optional(),
      amount: unlessEmulated,
      currency: unlessEmulated,
      customer: unlessEmulated,
      payment_method: unlessEmulated,
      shipping: unlessEmulated,
    }),
    returns: one('payment_intent'),
    run({ emulator, id, params }) {
      const intent = getIntent(emulator, id)
      intent.metadata = mergedMetadata(intent.metadata, params.metadata)
      intent.description = params.description ?? intent.description
      if (params.receipt_email !== undefined) intent.receipt_email = params.receipt_email
      return intent
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/{id}/cancel',
    params: params({
      cancellation_reason: oneOf('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer').optional(),
    }),
    returns: one('payment_intent'),
    run({ emulator, id, params, cause }) {
      const intent = getIntent(emulator, id)
      if (!CANCELABLE.has(intent.status)) {
        throw refused(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent ` +
            'with one of the following statuses may be canceled: requires_payment_method, requires_capture, ' +
            'requires_reauthorization, requires_confirmation, requires_action, processing.',
          { code: 'payment_intent_unexpected_state' },
        )
      }
      intent.status = 'canceled'
      intent.canceled_at = emulator.now()
      intent.cancellation_reason = params.cancellation_reason ?? null
      emulator.events.emit('payment_intent.canceled', intent, cause)
      return intent
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_methods/{id}',
    params: params({}),
    returns: one('payment_method'),
    run({ emulator, id }) {
      const method = emulator.store.paymentMethods.get(id)
      if (!method) throw notFound('PaymentMethod', id, 'payment_method')
      return method
    },
  }),
  route({
    method: 'GET',
    path: '/v1/charges',
    params: params({
      ...pagination,
      ...createdFilter,
      customer: text().optional(),
      payment_intent: text().optional(),
      transfer_group: text().optional(),
    }),
    returns: listOf('charge'),
    run({ emulator, params }) {
      const charges = newestFirst(emulator.store.charges.values()).filter(
        (charge) =>
          createdWithin(charge.created, params.created) &&
          (params.customer === undefined || charge.customer === params.customer) &&
          (params.payment_intent === undefined || charge.payment_intent === params.payment_intent) &&
          (params.transfer_group === undefined || charge.transfer_group === params.transfer_group),
      )
      return page(charges, params, '/v1/charges', 'charge')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/charges/{id}',
    params: params({}),
    returns: one('charge'),
    run({ emulator, id }) {
      const charge = emulator.store.charges.get(id)
      if (!charge) throw notFound('charge', id)
      return charge
    },
  }),
]
