import { z } from 'zod'
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
import type { SessionRecord } from '../model/objects.ts'
import { expireOverdue, expireSession } from '../payments/expire-session.ts'
import { createSessionParams } from './checkout-session-params.ts'
import { createSession } from './create-checkout-session.ts'
import { mergedMetadata } from './metadata.ts'

/** The session as of now: one whose time is over has expired by the time anybody looks. */
export function getSession(emulator: Emulator, id: string): SessionRecord {
  expireOverdue(emulator)
  const record = emulator.store.sessions.get(id)
  if (!record) throw notFound('checkout.session', id)
  return record
}

const listParams = params({
  ...pagination,
  ...createdFilter,
  customer: text().optional(),
  customer_details: z.strictObject({ email }).optional(),
  payment_intent: text().optional(),
  payment_link: text().optional(),
  status: oneOf('complete', 'expired', 'open').optional(),
  subscription: text().optional(),
  customer_account: notEmulated.optional(),
})

function matches({ object: session }: SessionRecord, wanted: z.infer<typeof listParams>): boolean {
  return (
    createdWithin(session.created, wanted.created) &&
    (wanted.status === undefined || session.status === wanted.status) &&
    (wanted.customer === undefined || session.customer === wanted.customer) &&
    (wanted.payment_intent === undefined || session.payment_intent === wanted.payment_intent) &&
    (wanted.payment_link === undefined || session.payment_link === wanted.payment_link) &&
    (wanted.subscription === undefined || session.subscription === wanted.subscription) &&
    (wanted.customer_details === undefined ||
      session.customer_details?.email?.toLowerCase() === wanted.customer_details.email.toLowerCase())
  )
}

export const checkoutSessionRoutes = [
  route({
    method: 'POST',
    path: '/v1/checkout/sessions',
    params: createSessionParams,
    returns: one('checkout.session'),
    run: ({ emulator, params }) => createSession(emulator, params).object,
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions',
    params: listParams,
    returns: listOf('checkout.session'),
    run({ emulator, params }) {
      expireOverdue(emulator)
      const sessions = newestFirst(emulator.store.sessions.values())
        .filter((record) => matches(record, params))
        .map((record) => record.object)
      return page(sessions, params, '/v1/checkout/sessions', 'checkout.session')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/{id}',
    params: params({}),
    returns: one('checkout.session'),
    run: ({ emulator, id }) => getSession(emulator, id).object,
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/{id}',
    params: params({
      metadata: clearable(metadata).optional(),
      collected_information: notEmulated.optional(),
      line_items: notEmulated.optional(),
      payment_intent_data: notEmulated.optional(),
      shipping_options: notEmulated.optional(),
    }),
    returns: one('checkout.session'),
    run({ emulator, id, params }) {
      const session = getSession(emulator, id).object
      session.metadata = mergedMetadata(session.metadata ?? {}, params.metadata)
      return session
    },
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/{id}/expire',
    params: params({}),
    returns: one('checkout.session'),
    run({ emulator, id, cause }) {
      const record = getSession(emulator, id)
      if (record.object.status !== 'open') {
        throw refused(
          'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ' +
            `\`${record.object.status}\`.`,
        )
      }
      expireSession(emulator, record, cause)
      return record.object
    },
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/{id}/line_items',
    params: params(pagination),
    returns: listOf('item'),
    run({ emulator, id, params }) {
      const { lineItems } = getSession(emulator, id)
      return page(lineItems, params, `/v1/checkout/sessions/${id}/line_items`, 'line_item')
    },
  }),
]
