import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import type { EventRecord } from '../../db/webhook-events.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from './enqueue-email.ts'
import { noteFailedEventAndAlert } from './queries/failed-events.ts'
import type { Alert } from './queries/new-emails.ts'
import type { EmailVariables } from './templates/variables.ts'

/** An email to the operators, to be written in the batch of what it is about and queued after the commit. */
export const newAlert = (ctx: Ctx, variables: Omit<EmailVariables<'operator_alert'>, 'request_id'>): Alert => ({
  outboxId: newId(),
  toAddress: ctx.env.OPERATOR_EMAIL,
  variables: { ...variables, request_id: ctx.requestId },
  requestId: ctx.requestId,
})

/** Keeps a failure for the operators and writes to them, once for each record and reason. */
export async function alertOperator(
  ctx: Ctx,
  record: EventRecord,
  code: ErrorCode | 'payment-disputed',
): Promise<void> {
  const about = { event_id: record.id, event_type: record.type, object_id: record.objectId }
  const alert = newAlert(ctx, { code, ...about })
  const { rows } = await runStatement(() => noteFailedEventAndAlert(ctx.db, record, code, ctx.now(), alert))
  if (rows.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, [alert.outboxId]))
}
