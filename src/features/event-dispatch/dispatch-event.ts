import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatch, runStatement } from '../../db/transaction.ts'
import { EVENTS, isEventType } from '../../events/catalogue.ts'
import type { Consumer, StoredEvent } from '../../events/consumer.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { newId } from '../../shared/ids.ts'
import { later } from '../../shared/later.ts'
import { ATTEMPTS_MAX, failureMessage, retryDelaySeconds } from '../../shared/retry.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import { CONSUMERS, isConsumerName } from './consumers.ts'
import { claimForDispatch, giveUpEvent, markDispatched, raiseAlertOfGivenUp, releaseEvent } from './queries.ts'

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
    // Earlier attempts ended without an outcome, perhaps because this event ends the isolate.
    if (event.attempts > ATTEMPTS_MAX) throw new Error(`none of ${ATTEMPTS_MAX} attempts came to an end`)
    await consume(ctx, event, leaseId)
    return { status: 'dispatched' }
  } catch (error) {
    if (error instanceof ConstraintViolation && error.constraint === 'event_held') return { status: 'skipped' }
    return endFailedAttempt(ctx, event, leaseId, error)
  }
}

async function consume(ctx: Ctx, event: StoredEvent, leaseId: string): Promise<void> {
  const effects = await Promise.all(consumersOf(event).map((consumer) => consumer(ctx, event)))
  await runBatch(ctx.db, [
    markDispatched(ctx.db, event.id, leaseId, ctx.now()),
    ...effects.flatMap(({ statements }) => statements),
  ])
  for (const { afterCommit } of effects) afterCommit()
  ctx.log.info('event-dispatched', { event_id: event.id, type: event.type })
}

/** Throws for a type or consumer that only a newer Worker has: during a deploy, this one leaves such events to it. */
function consumersOf({ type, consumers }: StoredEvent): Consumer[] {
  if (!isEventType(type)) throw new Error(`events of type ${type} are unknown here`)
  return (consumers ?? EVENTS[type].consumers).map((name) => {
    if (!isConsumerName(name)) throw new Error(`the consumer ${name} is unknown here`)
    return CONSUMERS[name]
  })
}

/** Releases an event for a later attempt, or gives it up after the last one. */
async function endFailedAttempt(
  ctx: Ctx,
  event: StoredEvent,
  leaseId: string,
  error: unknown,
): Promise<DispatchOutcome> {
  const about = { event_id: event.id, type: event.type, attempt: event.attempts }
  const delaySeconds = retryDelaySeconds(event.attempts, Math.random())
  try {
    if (event.attempts >= ATTEMPTS_MAX) {
      if (!(await giveUp(ctx, event, leaseId, failureMessage(error)))) return { status: 'skipped' }
      ctx.log.error('event-given-up', { ...about, error })
      return { status: 'given-up' }
    }
    ctx.log.warn('event-deferred', { ...about, delay_seconds: delaySeconds, error })
    const dueAt = later(ctx.now(), delaySeconds * 1_000)
    await runStatement(() => releaseEvent(ctx.db, event.id, leaseId, dueAt, failureMessage(error)))
  } catch (cause) {
    // The lease will run out, and the sweep will try again.
    ctx.log.error('event-not-released', { ...about, error: cause })
  }
  return { status: 'retry', delaySeconds }
}

/** Gives an event up with an alert. Answers false when another attempt has claimed it meanwhile. */
async function giveUp(ctx: Ctx, event: StoredEvent, leaseId: string, message: string): Promise<boolean> {
  const end = () => giveUpEvent(ctx.db, event.id, leaseId, message, ctx.now())
  // An alert about the event of such an alert would fail in the same way.
  if (event.type === 'event-given-up') return (await runStatement(end)).length > 0
  const alert = newAlert(ctx, {
    code: 'event-not-dispatched',
    details: { object_id: event.id, event_type: event.type, problem: message },
    type: 'event-given-up',
    subjectId: event.id,
    data: { type: event.type },
  })
  const [held, raised] = await runBatch(ctx.db, [end(), raiseAlertOfGivenUp(ctx.db, event.id, leaseId, alert)])
  enqueueWritten(ctx, [alert.event], [raised])
  return held.length > 0
}
