import type { Ctx } from '../../context.ts'
import type { FailedEmail, FailureNote } from './queries/failures.ts'
import { logEmailFailure } from './record-email-failure.ts'

/** Tells the log that an email was given up: in the operators' form when it belongs to an order. */
export function logFailedEmail(ctx: Ctx, outboxId: string, failed: FailedEmail, note: FailureNote): void {
  const { orderId, emCd, customer } = failed
  if (orderId === null) ctx.log.error('email-failed', { outbox_id: outboxId, em_cd: emCd, ...note })
  else logEmailFailure(ctx, { orderId, type: note.type, phase: note.phase, error: note.message }, customer)
}
