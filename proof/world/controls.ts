import { z } from 'zod'
import type { StoredMessage } from '../../dev/mailbox/store.ts'
import { storedMessageSchema } from '../../dev/mailbox/store.ts'
import type { RunningStack } from '../../dev/stack.ts'

const eventReport = z.object({
  events: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      delivered: z.boolean(),
      attempts: z.array(z.object({ status: z.int().nullable() })),
    }),
  ),
})
export type SentEvent = z.infer<typeof eventReport>['events'][number]

const replies = z.object({ responses: z.array(z.object({ status: z.int().nullable(), body: z.unknown() })) })

export interface StripeFault {
  when: 'before' | 'after'
  status: number | 'timeout'
  times?: number
}

async function send(method: string, url: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
}

async function must(method: string, url: string, body?: unknown): Promise<unknown> {
  const { status, json } = await send(method, url, body)
  if (status >= 400) throw new Error(`${method} ${url} answered ${status}: ${JSON.stringify(json)}`)
  return json
}

/** The control endpoints of the local stack's parts. */
export type Controls = ReturnType<typeof createControls>

export function createControls(urls: Pick<RunningStack['urls'], 'api' | 'mail' | 'neon' | 'stripe'>) {
  const session = (id: string) => `${urls.stripe}/_emulator/checkout/sessions/${id}`
  return {
    /** Pays as on the hosted page; answers the HTTP status, 402 for a declined card. */
    async pay(sessionId: string, payment: Record<string, unknown> = {}): Promise<number> {
      return (await send('POST', `${session(sessionId)}/pay`, payment)).status
    },
    settle: (sessionId: string, outcome: 'succeeded' | 'failed') =>
      must('POST', `${session(sessionId)}/settle`, { outcome }),
    expire: (sessionId: string) => must('POST', `${session(sessionId)}/expire`),
    webhooks: (mode: 'deliver' | 'hold' | 'drop') => must('PUT', `${urls.stripe}/_emulator/webhooks`, { mode }),
    /** Events in the order in which they happened. */
    async events(): Promise<SentEvent[]> {
      return eventReport.parse(await must('GET', `${urls.stripe}/_emulator/webhooks`)).events
    },
    async redeliver(eventId: string, { times = 1, parallel = false } = {}) {
      const url = `${urls.stripe}/_emulator/webhooks/${eventId}/redeliver`
      return replies.parse(await must('POST', url, { times, parallel })).responses
    },
    failSessionCreation: (fault: StripeFault) =>
      must('POST', `${urls.stripe}/_emulator/faults`, { method: 'POST', path: '/v1/checkout/sessions', ...fault }),
    failDatabase: (match: string, when: 'before' | 'after_commit', times = 1) =>
      must('POST', `${urls.neon}/_proxy/faults`, { match, when, times }),
    failMail: (to: string, mode: 'reject' | 'temporary' | 'timeout' | 'drop_after_accept', times = 1) =>
      must('POST', `${urls.mail}/api/faults`, { to, mode, times }),
    /** What the mailbox holds for an address, newest first. */
    async emailsTo(address: string): Promise<StoredMessage[]> {
      const url = `${urls.mail}/api/messages?to=${encodeURIComponent(address)}`
      return z.array(storedMessageSchema).parse(await must('GET', url))
    },
    async clearFaults(): Promise<void> {
      await must('DELETE', `${urls.stripe}/_emulator/faults`)
      await must('DELETE', `${urls.neon}/_proxy/faults`)
      await must('DELETE', `${urls.mail}/api/faults`)
    },
    /** Fires the cron trigger now, and waits until its sweeps are over. */
    async tick(): Promise<void> {
      const answer = await fetch(`${urls.api}/cdn-cgi/local/scheduled`)
      if (!answer.ok) throw new Error(`the cron trigger answered ${answer.status}`)
    },
  }
}
