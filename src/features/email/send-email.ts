import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { chooseTransport } from './choose-transport.ts'
import { type Attempt, claimEmail } from './claim-email.ts'
import { failAttempt, recordAccepted, releaseAttempt, type SendOutcome } from './end-attempt.ts'
import { orderVariables } from './order-variables.ts'
import { markHandedOver } from './queries/outbox.ts'
import { renderEmail, type RenderedEmail } from './render-email.ts'
import { TransportError } from './transport.ts'

/**
 * Sends one email of the outbox, at most once whoever else tries the same. Answers `skipped` when there is nothing to
 * do and `retry` when the row waits for another attempt; everything else is final. Throws `database-unavailable` when
 * the row could not even be taken.
 */
export async function sendEmail(ctx: Ctx, outboxId: string): Promise<SendOutcome> {
  const attempt = await claimEmail(ctx, outboxId)
  if (attempt === null) return { status: 'skipped' }
  const { row, template } = attempt
  if (template === null) {
    return failAttempt(ctx, attempt, 'template_lookup', `there is no active template ${row.emCd}`)
  }
  let email: RenderedEmail
  try {
    email = await renderEmail(template, row.toAddress, await variablesOf(ctx, attempt))
  } catch (error) {
    return failAttempt(ctx, attempt, 'formatting', error)
  }
  return handOver(ctx, attempt, email)
}

async function variablesOf(ctx: Ctx, { row, order }: Attempt): Promise<Record<string, unknown>> {
  return {
    storefront_url: ctx.env.STOREFRONT_URL,
    ...(order === null ? {} : await orderVariables(ctx, order)),
    ...row.variables,
  }
}

async function handOver(ctx: Ctx, attempt: Attempt, email: RenderedEmail): Promise<SendOutcome> {
  const { row, leaseId } = attempt
  const transport = chooseTransport(ctx.env)
  try {
    const held = await runStatement(() => markHandedOver(ctx.db, row.id, leaseId, ctx.now()))
    if (held.length === 0) return { status: 'skipped' }
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
