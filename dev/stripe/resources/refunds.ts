import { invalidParameter, noSuchReference, notFound } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import {
  clearable,
  createdFilter,
  integer,
  metadata,
  notEmulated,
  oneOf,
  pagination,
  params,
  text,
} from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import type { Charge, Refund } from '../model/objects.ts'
import { paidChargeOf, refundCharge } from '../payments/refunds.ts'
import { mergedMetadata, newMetadata } from './metadata.ts'

const unlessEmulated = notEmulated.optional()

type Target = { charge?: string | undefined; payment_intent?: string | undefined }

function chargeFor(emulator: Emulator, { charge: chargeId, payment_intent }: Target): Charge {
  if (chargeId !== undefined) {
    const charge = emulator.store.charges.get(chargeId)
    if (!charge) throw noSuchReference('charge', chargeId, 'charge')
    return charge
  }
  const intent = emulator.store.paymentIntents.get(payment_intent ?? '')
  if (!intent) throw noSuchReference('payment_intent', payment_intent ?? '', 'payment_intent')
  return paidChargeOf(emulator, intent)
}

export function getRefund(emulator: Emulator, id: string): Refund {
  const refund = emulator.store.refunds.get(id)
  if (!refund) throw notFound('refund', id)
  return refund
}

function listRefunds(emulator: Emulator, wanted: Target & { created?: Parameters<typeof createdWithin>[1] }): Refund[] {
  return newestFirst(emulator.store.refunds.values()).filter(
    (refund) =>
      createdWithin(refund.created, wanted.created) &&
      (wanted.charge === undefined || refund.charge === wanted.charge) &&
      (wanted.payment_intent === undefined || refund.payment_intent === wanted.payment_intent),
  )
}

export const refundRoutes = [
  route({
    method: 'POST',
    path: '/v1/refunds',
    params: params({
      amount: integer({ min: 1 }).optional(),
      charge: text().optional(),
      payment_intent: text().optional(),
      reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer').optional(),
      metadata: clearable(metadata).optional(),
      currency: unlessEmulated,
      customer: unlessEmulated,
      instructions_email: unlessEmulated,
      origin: unlessEmulated,
      refund_application_fee: unlessEmulated,
      reverse_transfer: unlessEmulated,
    }),
    returns: one('refund'),
    run({ emulator, params, cause }) {
      const { charge, payment_intent } = params
      if (charge === undefined && payment_intent === undefined) {
        throw invalidParameter(
          'One of the following params should be provided for this request: payment_intent or charge.',
        )
      }
      const given = {
        amount: params.amount ?? null,
        reason: params.reason ?? null,
        metadata: newMetadata(params.metadata),
      }
      return refundCharge(emulator, chargeFor(emulator, { charge, payment_intent }), given, cause)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/refunds',
    params: params({
      ...pagination,
      ...createdFilter,
      charge: text().optional(),
      payment_intent: text().optional(),
    }),
    returns: listOf('refund'),
    run: ({ emulator, params }) => page(listRefunds(emulator, params), params, '/v1/refunds', 'refund'),
  }),
  route({
    method: 'GET',
    path: '/v1/refunds/{id}',
    params: params({}),
    returns: one('refund'),
    run: ({ emulator, id }) => getRefund(emulator, id),
  }),
  route({
    method: 'POST',
    path: '/v1/refunds/{id}',
    params: params({ metadata: clearable(metadata).optional() }),
    returns: one('refund'),
    run({ emulator, id, params, cause }) {
      const refund = getRefund(emulator, id)
      const previous = { metadata: refund.metadata }
      refund.metadata = mergedMetadata(refund.metadata ?? {}, params.metadata)
      emulator.events.emit('refund.updated', refund, cause, previous)
      emulator.events.emit('charge.refund.updated', refund, cause, previous)
      return refund
    },
  }),
  route({
    method: 'GET',
    path: '/v1/charges/{id}/refunds',
    params: params(pagination),
    returns: listOf('refund'),
    run({ emulator, id, params }) {
      if (!emulator.store.charges.has(id)) throw notFound('charge', id)
      return page(listRefunds(emulator, { charge: id }), params, `/v1/charges/${id}/refunds`, 'refund')
    },
  }),
]
