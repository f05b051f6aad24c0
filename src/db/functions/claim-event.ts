import { sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { jsonArgument } from '../json-argument.ts'
import type { EventRecord } from '../webhook-events.ts'

/**
 * The first statement of the batch in which an event takes effect. Raises `event_handled_once` when the event has taken
 * effect before; an event that has failed before may try again.
 */
export const claimEvent = (db: Db, event: EventRecord, now: Date) =>
  db.execute(sql`SELECT claim_event(${jsonArgument(event)}, ${now.toISOString()})`)
