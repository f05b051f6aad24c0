import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { type EventRecord, noteFailedEventAndAlert } from '../../db/webhook-events.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from './enqueue-email.ts'

/** Keeps a failure for the operators and writes to them, once for each record and reason. */
export async function alertOperator(
  ctx: Ctx,
  record: EventRecord,
  code: ErrorCode | 'payment-disputed',
): Promise<void> {
  const alert = {
    outboxId: newId(),
    toAddress: ctx.env.OPERATOR_EMAIL,
    variables: {
      code,
      event_id: record.id,
      event_type: record.type,
      object_id: record.objectId,
      request_id: ctx.requestId,
    },
    requestId: ctx.requestId,
  }
  const { rows } = await runStatement(() => noteFailedEventAndAlert(ctx.db, record, code, ctx.now(), alert))
  if (rows.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, [alert.outboxId]))
}
