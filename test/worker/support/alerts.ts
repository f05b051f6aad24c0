import { vi } from 'vitest'
import type { Delivery } from '../../../src/env.ts'
import { handleDeadEventMessage, handleEventMessage } from '../../../src/features/event-dispatch/jobs.ts'
import { type CtxOptions, createEmailCtx } from './email.ts'
import { db } from './shop.ts'

/**
 * What the operators were told, one row for each time: `variables` is what their email shows. Every row is an event that has
 * them emailed; `events/dispatch.test.ts` shows that it does, once.
 */
export const toldOf = (what: 'object_id' | 'event_id' | 'template', value: string) =>
  db.query(
    `SELECT e.id AS event_id, e.type, a.code, a.details || jsonb_build_object('code', a.code) AS variables
     FROM events e JOIN operator_alerts a ON a.id = e.alert_id WHERE a.details ->> $1 = $2 ORDER BY e.id`,
    [what, value],
  )

/** The codes of what the operators were told. */
export const codesOf = async (what: 'object_id' | 'event_id', value: string): Promise<{ code: unknown }[]> =>
  (await toldOf(what, value)).map(({ code }) => ({ code: code as unknown }))

/** Hands the job one message about an event, as the queue would, and tells what became of it. */
export async function deliverEvent(
  eventId: string,
  { dead = false, attempts = 1, ...options }: { dead?: boolean; attempts?: number } & CtxOptions = {},
): Promise<{ acked: boolean; retriedIn: number | null }> {
  const [retry, ack] = [vi.fn<Delivery['retry']>(), vi.fn<Delivery['ack']>()]
  const handle = dead ? handleDeadEventMessage : handleEventMessage
  await handle(
    createEmailCtx(options),
    { type: 'dispatch-event', eventId, requestId: 'req-1' },
    { attempts, ack, retry },
  )
  return { acked: ack.mock.calls.length === 1, retriedIn: retry.mock.calls[0]?.[0]?.delaySeconds ?? null }
}

export async function eventRow(id: string): Promise<Record<string, unknown>> {
  const [row] = await db`SELECT * FROM events WHERE id = ${id}`
  return row!
}
