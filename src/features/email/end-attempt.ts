import type { Ctx } from '../../context.ts'
import { runBatch, runStatement } from '../../db/transaction.ts'
import { newEvent } from '../../events/new-event.ts'
import { later } from '../../shared/later.ts'
import { ATTEMPTS_MAX, failureMessage, retryDelaySeconds } from '../../shared/retry.ts'
import type { Attempt } from './claim-email.ts'
import { logFailedEmail } from './log-failed-email.ts'
import { type EmailFailureType, endRowWithFailure, heldBy, toFailedEmail } from './queries/failures.ts'
import { insertEmailSent, markSent, releaseOutboxRow } from './queries/outbox.ts'
import { EMAIL_PHASES } from './record-email-failure.ts'

export type SendOutcome = { status: 'sent' | 'failed' | 'skipped' } | { status: 'retry'; delaySeconds: number }

/** Pauses before recording is tried again, in milliseconds; each try already survives a short outage. */
const RECORDING_PAUSES_MS = [250, 1_000]

/**
 * Gives an email up and records it for the operators. If the database does not answer, the row keeps its lease, and
 * whoever claims it after the lease has run out gives it up.
 */
export async function failAttempt(
  ctx: Ctx,
  { row, leaseId }: Attempt,
  type: EmailFailureType,
  error: unknown,
  status: 'failed' | 'sent' = 'failed',
): Promise<SendOutcome> {
  const note = { type, phase: EMAIL_PHASES[type], message: failureMessage(error) }
  const event = newEvent(ctx, 'email-failed', row.id, { failure: type })
  const end = () => endRowWithFailure(ctx.db, heldBy(row.id, leaseId), note, { status, now: ctx.now(), event })
  try {
    const { rows } = await runStatement(end)
    for (const failed of rows) logFailedEmail(ctx, row.id, toFailedEmail(failed), note)
  } catch (cause) {
    logFailedEmail(ctx, row.id, { orderId: row.orderId, emCd: row.emCd, customer: null }, note)
    ctx.log.error('email-failure-not-recorded', { outbox_id: row.id, error: cause })
  }
  return { status }
}

/** Releases an email for a later attempt, or gives it up after the last one. */
export async function releaseAttempt(ctx: Ctx, attempt: Attempt, error: unknown): Promise<SendOutcome> {
  const { row, leaseId } = attempt
  const message = failureMessage(error)
  if (row.attempts >= ATTEMPTS_MAX) {
    return failAttempt(ctx, attempt, 'smtp', `given up after ${row.attempts} attempts: ${message}`)
  }
  const delaySeconds = retryDelaySeconds(row.attempts, Math.random())
  const dueAt = later(ctx.now(), delaySeconds * 1_000)
  ctx.log.warn('email-deferred', { outbox_id: row.id, attempt: row.attempts, delay_seconds: delaySeconds, error })
  try {
    await runStatement(() => releaseOutboxRow(ctx.db, row.id, leaseId, dueAt, message))
  } catch (cause) {
    ctx.log.error('email-not-released', { outbox_id: row.id, error: cause })
  }
  return { status: 'retry', delaySeconds }
}

/** Records that the transport accepted the email. If that keeps failing, it is recorded as a failure for the operators. */
export async function recordAccepted(
  ctx: Ctx,
  attempt: Attempt,
  accepted: { messageId: string; transport: string },
): Promise<SendOutcome> {
  const { row, leaseId } = attempt
  const { id: outboxId, orderId, emCd, toAddress } = row
  const sentAt = ctx.now()
  for (let round = 0; ; round++) {
    try {
      await runBatch(ctx.db, [
        insertEmailSent(ctx.db, { outboxId, orderId, emCd, toAddress, sentAt, ...accepted }),
        markSent(ctx.db, outboxId, leaseId, sentAt),
      ])
      ctx.log.info('email-sent', { outbox_id: outboxId, em_cd: emCd, to: toAddress, ...accepted })
      return { status: 'sent' }
    } catch (error) {
      const pause = RECORDING_PAUSES_MS[round]
      if (pause === undefined) return failAttempt(ctx, attempt, 'emailsent_logging', error, 'sent')
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}
