import { z } from 'zod'
import { listenLocally, readBody, send, sendJson } from '../../dev/http-server.ts'

const batchSchema = z.object({ queries: z.array(z.object({ query: z.string(), params: z.array(z.unknown()) })) })

export type RecordedBatch = z.infer<typeof batchSchema>['queries']

export interface Recorder {
  url: string
  /** The statements that would have placed the order of this Stripe session; throws when they never came. */
  takeOrder(sessionId: string): RecordedBatch
  stop(): Promise<void>
}

const PLACES_ORDER = 'place_order('
const SESSION_ID = /cs_test_\w+/

/**
 * Stands between a Worker and the Neon proxy and lets everything through but the batches that place an order: these are
 * kept and answered as if the database were down. So the very statements of an order are known before they have run.
 */
export async function startRecorder(neonUrl: string): Promise<Recorder> {
  const orders = new Map<string, RecordedBatch>()
  const { port, close } = await listenLocally(0, 'the recorder', async (request, response) => {
    const body = await readBody(request)
    if (body.includes(PLACES_ORDER)) {
      orders.set(SESSION_ID.exec(body)?.[0] ?? '', batchSchema.parse(JSON.parse(body)).queries)
      return sendJson(response, 500, { message: 'held back by the recorder' })
    }
    const headers = Object.entries(request.headers).filter(([name]) => name.startsWith('neon-'))
    const answer = await fetch(`${neonUrl}${request.url ?? ''}`, {
      method: 'POST',
      headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
      body,
    })
    send(response, answer.status, 'application/json', await answer.text())
  })
  return {
    url: `http://127.0.0.1:${port}`,
    takeOrder(sessionId) {
      const batch = orders.get(sessionId)
      if (batch === undefined) throw new Error(`no order was about to be placed for ${sessionId}`)
      orders.delete(sessionId)
      return batch
    },
    stop: close,
  }
}
