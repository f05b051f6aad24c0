import type { Ctx } from '../../context.ts'
import { uuidFrom } from '../../shared/ids.ts'
import { newAlert } from './alert-operator.ts'
import type { Attempt } from './claim-email.ts'
import type { TemplateFault } from './compose-email.ts'
import { enqueueEmails } from './enqueue-email.ts'
import { logFailedEmail } from './log-failed-email.ts'
import { insertFaultAndAlert, toFailedEmail } from './queries/failures.ts'
import { EMAIL_PHASES } from './record-email-failure.ts'

/**
 * The statement that keeps a broken template for the operators, with an email to them, and what is to be done once it
 * has been committed. They are told once a day about the same text with the same fault, however many emails need it.
 */
export async function templateFaultNote(ctx: Ctx, { row, template }: Attempt, fault: TemplateFault) {
  const now = ctx.now()
  const text = [template?.subject, template?.textBody, template?.htmlBody, template?.fromAddress, template?.bccAddress]
  const alertId = await uuidFrom(JSON.stringify([now.toISOString().slice(0, 10), row.emCd, fault, text]))
  const note = {
    ...fault,
    phase: EMAIL_PHASES[fault.type],
    message: `the built-in text is sent instead: ${fault.message}`,
  }
  const about = { code: 'email-template-broken', template: row.emCd, problem: fault.message }
  const alert = { ...newAlert(ctx, about), outboxId: alertId }
  return {
    statement: insertFaultAndAlert(ctx.db, row, note, { alert, now }),
    afterCommit(rows: Parameters<typeof toFailedEmail>[0][]) {
      ctx.log.error('email-template-broken', {
        outbox_id: row.id,
        em_cd: row.emCd,
        type: fault.type,
        error: fault.message,
      })
      for (const noted of rows) if (noted.order_id !== null) logFailedEmail(ctx, row.id, toFailedEmail(noted), note)
      ctx.defer('enqueue-email', () => enqueueEmails(ctx, [alertId]))
    },
  }
}
