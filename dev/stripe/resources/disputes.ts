import { notFound } from '../api/errors.ts'
import { listOf, one } from '../api/expand.ts'
import { createdWithin, newestFirst, page } from '../api/list.ts'
import { createdFilter, pagination, params, text } from '../api/params.ts'
import { route } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import type { Dispute } from '../model/objects.ts'
import { closeDispute } from '../payments/disputes.ts'

export function getDispute(emulator: Emulator, id: string): Dispute {
  const dispute = emulator.store.disputes.get(id)
  if (!dispute) throw notFound('dispute', id)
  return dispute
}

export const disputeRoutes = [
  route({
    method: 'GET',
    path: '/v1/disputes',
    params: params({
      ...pagination,
      ...createdFilter,
      charge: text().optional(),
      payment_intent: text().optional(),
    }),
    returns: listOf('dispute'),
    run({ emulator, params }) {
      const disputes = newestFirst(emulator.store.disputes.values()).filter(
        (dispute) =>
          createdWithin(dispute.created, params.created) &&
          (params.charge === undefined || dispute.charge === params.charge) &&
          (params.payment_intent === undefined || dispute.payment_intent === params.payment_intent),
      )
      return page(disputes, params, '/v1/disputes', 'dispute')
    },
  }),
  route({
    method: 'GET',
    path: '/v1/disputes/{id}',
    params: params({}),
    returns: one('dispute'),
    run: ({ emulator, id }) => getDispute(emulator, id),
  }),
  route({
    method: 'POST',
    path: '/v1/disputes/{id}/close',
    params: params({}),
    returns: one('dispute'),
    run: ({ emulator, id, cause }) => closeDispute(emulator, getDispute(emulator, id), 'lost', cause),
  }),
]
