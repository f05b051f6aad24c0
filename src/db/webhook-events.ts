import { type SQL, sql } from 'drizzle-orm'
import type { Db } from './client.ts'
import type { webhookEvents } from './schema/operations.ts'

/** The part of a verified Stripe event that is stored; it has no personal data. */
export type EventRecord = Pick<
  typeof webhookEvents.$inferSelect,
  'id' | 'type' | 'objectId' | 'createdAt' | 'payloadHash'
>

const row = (
  event: EventRecord,
  outcome: 'processed' | 'ignored' | 'failed',
  now: Date,
  errorCode: string | null,
): SQL => sql`
  INSERT INTO webhook_events (id, type, object_id, outcome, error_code, payload_hash, created_at, received_at)
  VALUES (${event.id}, ${event.type}, ${event.objectId}, ${outcome}, ${errorCode}, ${event.payloadHash},
    ${event.createdAt.toISOString()}, ${now.toISOString()})`

/** Records an event that changes nothing, or nothing more. */
export const recordEvent = (db: Db, event: EventRecord, outcome: 'processed' | 'ignored', now: Date) =>
  db.execute(sql`
    ${row(event, outcome, now, null)}
    ON CONFLICT (id) DO UPDATE SET outcome = EXCLUDED.outcome, error_code = NULL
      WHERE webhook_events.outcome = 'failed'`)

/** Writes the failure of an event; answers its id unless the event has taken effect meanwhile. */
export const failedEvent = (event: EventRecord, errorCode: string, now: Date): SQL => sql`
  ${row(event, 'failed', now, errorCode)}
  ON CONFLICT (id) DO UPDATE SET error_code = EXCLUDED.error_code
    WHERE webhook_events.outcome = 'failed'
  RETURNING id`

/** Records that an event could not take effect, and why. */
export const recordFailedEvent = (db: Db, event: EventRecord, errorCode: string, now: Date) =>
  db.execute(failedEvent(event, errorCode, now))

export const linkEventToOrder = (db: Db, eventId: string, orderId: string) =>
  db.execute(sql`UPDATE webhook_events SET order_id = ${orderId} WHERE id = ${eventId}`)
