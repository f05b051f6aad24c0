import { z } from 'zod'
import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import type { Delivery } from '../../env.ts'
import { runBatch } from '../../db/transaction.ts'
import { newEvent } from '../../events/new-event.ts'
import { failureMessage, retryDelaySeconds } from '../../shared/retry.ts'
import { EMAIL_PHASES } from './record-email-failure.ts'
import { logFailedEmail } from './log-failed-email.ts'
import { endRowWithFailure, idleAndUnsent, toFailedEmail } from './queries/failures.ts'
import { selectOutboxStatus } from './queries/outbox.ts'
import { sendEmail } from './send-email.ts'

/** The queue message for an email that is due; everything else is in the outbox row. */
export const emailMessageSchema = z.object({
  type: z.literal('send-email'),
  outboxId: z.uuid(),
  requestId: z.string().min(1).max(200),
})

type EmailMessage = z.infer<typeof emailMessageSchema>

/** Sends a message's email, and acknowledges the message unless it is to be retried. Throws only if no job asks. */
export async function handleEmailMessage(ctx: Ctx, message: EmailMessage, delivery: Delivery): Promise<void> {
  requireJob(ctx.actor)
  try {
    const outcome = await sendEmail(ctx, message.outboxId)
    if (outcome.status === 'retry') delivery.retry({ delaySeconds: outcome.delaySeconds })
    else delivery.ack()
  } catch (error) {
    const delaySeconds = retryDelaySeconds(delivery.attempts, Math.random())
    ctx.log.error('email-not-attempted', { outbox_id: message.outboxId, delay_seconds: delaySeconds, error })
    delivery.retry({ delaySeconds })
  }
}

/** Gives up the email of a message that the queue has given up, unless it was sent meanwhile. Never throws. */
export async function handleDeadEmailMessage(ctx: Ctx, message: EmailMessage, delivery: Delivery): Promise<void> {
  requireJob(ctx.actor)
  const { outboxId } = message
  const now = ctx.now()
  try {
    const [[before]] = await runBatch(ctx.db, [selectOutboxStatus(ctx.db, outboxId)])
    const reason = before?.lastError ?? 'no attempt reached the mail server'
    const note = {
      type: 'smtp',
      phase: EMAIL_PHASES.smtp,
      message: failureMessage(`given up by the queue: ${reason}`),
    } as const
    const [ended, [after]] = await runBatch(ctx.db, [
      endRowWithFailure(ctx.db, idleAndUnsent(outboxId, now), note, {
        status: 'failed',
        now,
        event: newEvent(ctx, 'email-failed', outboxId, { failure: note.type }),
      }),
      selectOutboxStatus(ctx.db, outboxId),
    ])
    for (const failed of ended.rows) logFailedEmail(ctx, outboxId, toFailedEmail(failed), note)
    if (after?.status === 'sending') delivery.retry({ delaySeconds: 300 })
    else delivery.ack()
  } catch (error) {
    ctx.log.error('dead-email-not-recorded', { outbox_id: outboxId, error })
    delivery.retry({ delaySeconds: 300 })
  }
}
