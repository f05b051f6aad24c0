import { z } from 'zod'
import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import type { Delivery } from '../../env.ts'
import { retryDelaySeconds } from '../email/rules.ts'
import { dispatchEvent } from './dispatch-event.ts'

/** The message that an event waits for its consumers. Its row says the rest. */
export const eventMessageSchema = z.object({
  type: z.literal('dispatch-event'),
  eventId: z.uuid(),
  requestId: z.string().min(1).max(200),
})

type EventMessage = z.infer<typeof eventMessageSchema>

/** Dispatches what the message names. It is acknowledged unless another attempt is to come. Throws only when no job asks. */
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
 * A message that the queue has given up. Nothing is lost with it: dispatching twice does no harm, so the event stays due and
 * the sweep brings it back until its attempts are used up.
 */
export function handleDeadEventMessage(ctx: Ctx, message: EventMessage, delivery: Pick<Delivery, 'ack'>): void {
  ctx.log.error('event-dead-letter', { event_id: message.eventId })
  delivery.ack()
}
