import { z } from 'zod'
import { listenLocally, readBody, send, sendJson } from '../dev/http-server.ts'

const batchSchema = z.object({ queries: z.array(z.object({ query: z.string(), params: z.array(z.unknown()) })) })

export type RecordedQuery = z.infer<typeof batchSchema>['queries'][number]

export interface Recorder {
  url: string
  /** Waits for the next batch that places an order; it is never run. */
  nextOrder(): Promise<RecordedQuery[]>
  stop(): Promise<void>
}

const PLACES_ORDER = 'INSERT INTO orders'

/**
 * Stands between a Worker and the Neon proxy and lets everything through but the batches that place an order: these are
 * kept and answered as if the database were down. So the very statements of an order are known before they have run.
 */
export async function startRecorder(neonUrl: string): Promise<Recorder> {
  const waiting: ((queries: RecordedQuery[]) => void)[] = []
  const { port, close } = await listenLocally(0, 'the recorder', async (request, response) => {
    const body = await readBody(request)
    if (body.includes(PLACES_ORDER)) {
      waiting.shift()?.(batchSchema.parse(JSON.parse(body)).queries)
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
    nextOrder: () => new Promise((resolve) => waiting.push(resolve)),
    stop: close,
  }
}
