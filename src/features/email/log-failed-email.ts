import type { Ctx } from '../../context.ts'
import type { FailedEmail, FailureNote } from './queries/failures.ts'
import { logEmailFailure } from './record-email-failure.ts'

/** Logs that an email was given up; for an order's email in the form that operators search for. */
export function logFailedEmail(ctx: Ctx, outboxId: string, failed: FailedEmail, note: FailureNote): void {
  const { orderId, emCd, customer } = failed
  if (orderId === null) ctx.log.error('email-failed', { outbox_id: outboxId, em_cd: emCd, ...note })
  else logEmailFailure(ctx, { orderId, type: note.type, phase: note.phase, error: note.message }, customer)
}
