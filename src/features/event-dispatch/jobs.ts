import { z } from 'zod'
import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import type { Delivery } from '../../env.ts'
import { retryDelaySeconds } from '../../shared/retry.ts'
import { dispatchEvent } from './dispatch-event.ts'

/** The queue message for an event that waits for its consumers; everything else is in its row. */
export const eventMessageSchema = z.object({
  type: z.literal('dispatch-event'),
  eventId: z.uuid(),
  requestId: z.string().min(1).max(200),
})

type EventMessage = z.infer<typeof eventMessageSchema>

/** Dispatches a message's event, and acknowledges the message unless it is to be retried. Throws only if no job asks. */
export async function handleEventMessage(ctx: Ctx, message: EventMessage, delivery: Delivery): Promise<void> {
  requireJob(ctx.actor)
  try {
    const outcome = await dispatchEvent(ctx, message.eventId)
    if (outcome.status === 'retry') delivery.retry({ delaySeconds: outcome.delaySeconds })
    else delivery.ack()
  } catch (error) {
    const delaySeconds = retryDelaySeconds(delivery.attempts, Math.random())
    ctx.log.error('event-not-attempted', { event_id: message.eventId, delay_seconds: delaySeconds, error })
    delivery.retry({ delaySeconds })
  }
}

/**
 * Acknowledges a message that the queue has given up. Nothing is lost: dispatching twice is safe, so the event stays due,
 * and the sweep sends it again until its attempts are used up.
 */
export function handleDeadEventMessage(ctx: Ctx, message: EventMessage, delivery: Pick<Delivery, 'ack'>): void {
  ctx.log.error('event-dead-letter', { event_id: message.eventId })
  delivery.ack()
}
