import type { Ctx } from '../context.ts'
import { newId } from '../shared/ids.ts'
import { later } from '../shared/later.ts'
import { type ConsumerName, type EventData, EVENTS, type EventType, type SubjectKind } from './catalogue.ts'

/** How long the sweep leaves a new event to the queue, in milliseconds. */
export const EVENT_GRACE_MS = 60_000

/** The columns of an event to write in the batch of its cause. */
export type NewEvent = {
  id: string
  type: EventType
  version: number
  subjectKind: SubjectKind
  subjectId: string
  data: Record<string, unknown>
  requestId: string
  occurredAt: Date
  consumers: ConsumerName[]
  /** Null when its type has no consumers. */
  nextSweepAt: Date | null
}

/**
 * Makes an event of a type of the catalogue, about the subject with this id. Never throws, since its cause must not fail
 * because of it: data that does not fit the schema is left out and logged.
 */
export function newEvent<Type extends EventType>(
  ctx: Pick<Ctx, 'now' | 'requestId' | 'log'>,
  type: Type,
  subjectId: string,
  data: EventData<Type>,
): NewEvent {
  const { version, subject, data: schema, consumers } = EVENTS[type]
  const parsed = schema.safeParse(data)
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.'))
    ctx.log.error('event-data-unfit', { event_type: type, subject_id: subjectId, fields })
  }
  const now = ctx.now()
  return {
    id: newId(),
    type,
    version,
    subjectKind: subject,
    subjectId,
    data: parsed.success ? parsed.data : {},
    requestId: ctx.requestId,
    occurredAt: now,
    consumers: [...consumers],
    nextSweepAt: consumers.length > 0 ? later(now, EVENT_GRACE_MS) : null,
  }
}
