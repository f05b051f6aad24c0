import type { Ctx } from '../../context.ts'
import { runBatch, runStatement } from '../../db/transaction.ts'
import { chooseTransport } from './choose-transport.ts'
import { type Attempt, claimEmail } from './claim-email.ts'
import { composeEmail, type TemplateFault } from './compose-email.ts'
import { failAttempt, recordAccepted, releaseAttempt, type SendOutcome } from './end-attempt.ts'
import { templateFaultStatements } from './template-fault.ts'
import { markHandedOver } from './queries/outbox.ts'
import { ATTEMPTS_MAX } from '../../shared/retry.ts'
import type { RenderedEmail } from './render-email.ts'
import { TransportError } from './transport.ts'

/**
 * Sends an email of the outbox, at most once even if others try at the same time. Answers `skipped` when there is nothing
 * to do, `retry` when the row waits for another attempt; all other outcomes are final. Throws `database-unavailable` when
 * the row could not be claimed.
 */
export async function sendEmail(ctx: Ctx, outboxId: string): Promise<SendOutcome> {
  const attempt = await claimEmail(ctx, outboxId)
  if (attempt === null) return { status: 'skipped' }
  // Earlier attempts ended without an outcome, perhaps because this email ends the isolate.
  if (attempt.row.attempts > ATTEMPTS_MAX)
    return failAttempt(ctx, attempt, 'smtp', `given up: none of ${ATTEMPTS_MAX} attempts came to an end`)
  // Without the shop's settings there is no sender, so the email waits until an operator writes them.
  if (attempt.shop === null) return releaseAttempt(ctx, attempt, 'the shop has no row in shop_settings')
  const { email, fault } = await composeEmail(ctx, attempt, attempt.shop)
  if (email === null) return failAttempt(ctx, attempt, fault.type, fault.message)
  return handOver(ctx, attempt, email, fault)
}

/** Records that the transport is about to be called; false when another attempt has taken over. */
async function recordHandOver(ctx: Ctx, attempt: Attempt, fault: TemplateFault | null): Promise<boolean> {
  const handOver = () => markHandedOver(ctx.db, attempt.row.id, attempt.leaseId, ctx.now())
  if (fault === null) return (await runStatement(handOver)).length > 0
  const note = await templateFaultStatements(ctx, attempt, fault)
  const [held, noted, raised] = await runBatch(ctx.db, [handOver(), ...note.statements])
  note.afterCommit(noted.rows, raised.rows)
  return held.length > 0
}

async function handOver(
  ctx: Ctx,
  attempt: Attempt,
  email: RenderedEmail,
  fault: TemplateFault | null,
): Promise<SendOutcome> {
  const { row } = attempt
  const transport = chooseTransport(ctx.env)
  try {
    if (!(await recordHandOver(ctx, attempt, fault))) return { status: 'skipped' }
  } catch (error) {
    return releaseAttempt(ctx, attempt, error)
  }
  try {
    const { messageId, note } = await transport.send({ id: row.id, date: ctx.now(), ...email })
    if (note !== undefined) ctx.log.warn('email-note', { outbox_id: row.id, note })
    return await recordAccepted(ctx, attempt, { messageId, transport: transport.name })
  } catch (error) {
    return error instanceof TransportError && error.kind === 'retryable'
      ? releaseAttempt(ctx, attempt, error)
      : failAttempt(ctx, attempt, 'smtp', error)
  }
}
