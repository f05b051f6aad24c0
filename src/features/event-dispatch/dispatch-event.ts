import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { EVENTS, isEventType } from '../../events/catalogue.ts'
import type { StoredEvent } from '../../events/consumer.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { newId } from '../../shared/ids.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import { failureMessage } from '../email/record-email-failure.ts'
import { ATTEMPTS_MAX, retryDelaySeconds } from '../email/rules.ts'
import { CONSUMERS } from './consumers.ts'
import { giveUpEvent, giveUpEventAndAlert, markDispatched, releaseEvent, claimForDispatch } from './queries.ts'

/** An attempt takes two round trips; an event that is held for longer belongs to an attempt that was cut off. */
const LEASE_MS = 60_000

export type DispatchOutcome =
  | { status: 'dispatched' | 'skipped' | 'given-up' }
  | { status: 'retry'; delaySeconds: number }

/**
 * Runs an event's consumers and marks it as dispatched in the same transaction, once, even if others try at the same time.
 * Answers `skipped` when there is nothing to do, `retry` when the event waits for another attempt. Throws
 * `database-unavailable` when the event could not be claimed.
 */
export async function dispatchEvent(ctx: Ctx, eventId: string): Promise<DispatchOutcome> {
  const leaseId = newId()
  const [event] = await runStatement(() =>
    claimForDispatch(ctx.db, eventId, { leaseId, now: ctx.now(), leaseMs: LEASE_MS }),
  )
  if (event === undefined) return { status: 'skipped' }
  try {
    await consume(ctx, event, leaseId)
    return { status: 'dispatched' }
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'event_held') return { status: 'skipped' }
    return endFailedAttempt(ctx, event, leaseId, error)
  }
}

async function consume(ctx: Ctx, event: StoredEvent, leaseId: string): Promise<void> {
  // During a deploy, the old Worker leaves events of a new type to the new one.
  if (!isEventType(event.type)) throw new Error(`events of type ${event.type} are unknown here`)
  const effects = await Promise.all(EVENTS[event.type].consumers.map((name) => CONSUMERS[name](ctx, event)))
  await runBatch(ctx.db, [
    markDispatched(ctx.db, event.id, leaseId, ctx.now()),
    ...effects.flatMap(({ statements }) => statements),
  ])
  for (const { afterCommit } of effects) afterCommit()
  ctx.log.info('event-dispatched', { event_id: event.id, type: event.type })
}

/** Releases an event for a later attempt, or gives it up after the last one. */
async function endFailedAttempt(
  ctx: Ctx,
  event: StoredEvent,
  leaseId: string,
  error: unknown,
): Promise<DispatchOutcome> {
  const about = { event_id: event.id, type: event.type, attempt: event.attempts }
  const message = failureMessage(error)
  const isLast = event.attempts >= ATTEMPTS_MAX
  const delaySeconds = retryDelaySeconds(event.attempts, Math.random())
  try {
    if (isLast) {
      ctx.log.error('event-given-up', { ...about, error })
      await giveUp(ctx, event, leaseId, message)
      return { status: 'given-up' }
    }
    ctx.log.warn('event-deferred', { ...about, delay_seconds: delaySeconds, error })
    const dueAt = new Date(ctx.now().getTime() + delaySeconds * 1_000)
    await runStatement(() => releaseEvent(ctx.db, event.id, leaseId, dueAt, message))
  } catch (cause) {
    // The lease will run out, and the sweep will try again.
    ctx.log.error('event-not-released', { ...about, error: cause })
  }
  return { status: 'retry', delaySeconds }
}

async function giveUp(ctx: Ctx, event: StoredEvent, leaseId: string, message: string): Promise<void> {
  if (event.type === 'event-given-up') {
    await runStatement(() => giveUpEvent(ctx.db, event.id, leaseId, message, ctx.now()))
    return
  }
  const alert = newAlert(ctx, {
    code: 'event-not-dispatched',
    details: { object_id: event.id, event_type: event.type, problem: message },
    type: 'event-given-up',
    subjectId: event.id,
    data: { type: event.type },
  })
  const results = await runStatement(() => giveUpEventAndAlert(ctx.db, event.id, leaseId, message, alert))
  enqueueWritten(ctx, [alert.event], [results])
}
