import { z } from 'zod'
import { invalidParameter, notFound } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import { boolean, createdFilter, pagination, params, text } from '../api/params.ts'
import { route } from '../api/route.ts'
import { expireOverdue } from '../payments/expire-session.ts'

/** `charge.*` stands for every type that begins with `charge.`. */
const typeMatches = (wanted: string, type: string): boolean =>
  wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type

export const eventRoutes = [
  route({
    method: 'GET',
    path: '/v1/events',
    params: params({
      ...pagination,
      ...createdFilter,
      type: text().optional(),
      types: z.array(text()).max(20).optional(),
      delivery_success: boolean.optional(),
    }),
    returns: listOf('event'),
    run({ emulator, params }) {
      const { type, types, delivery_success: delivered } = params
      if (type !== undefined && types !== undefined) {
        throw invalidParameter('You may only specify one of these parameters: type, types.', 'types')
      }
      expireOverdue(emulator)
      const wanted = type === undefined ? types : [type]
      const events = newestFirst(emulator.store.events.values()).filter(
        (event) =>
          createdWithin(event.created, params.created) &&
          (wanted === undefined || wanted.some((pattern) => typeMatches(pattern, event.type))) &&
          (delivered === undefined || delivered === (event.pending_webhooks === 0)),
      )
      return page(events, params, '/v1/events', 'event')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/events/{id}',
    params: params({}),
    returns: one('event'),
    run({ emulator, id }) {
      const event = emulator.store.events.get(id)
      if (!event) throw notFound('event', id)
      return event
    },
  }),
]
