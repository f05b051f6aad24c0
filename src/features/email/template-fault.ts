import type { Ctx } from '../../context.ts'
import { enqueueWritten } from '../../events/enqueue-events.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { raiseAlertStatement } from '../alerts/queries.ts'
import { newAlert } from '../alerts/raise-alert.ts'
import type { Attempt } from './claim-email.ts'
import type { TemplateFault } from './compose-email.ts'
import { logFailedEmail } from './log-failed-email.ts'
import { insertFault, toFailedEmail } from './queries/failures.ts'
import { EMAIL_PHASES } from './record-email-failure.ts'

/**
 * The statements that record a broken template for the operators with an alert, and what to do after their commit. The
 * operators are told once a day about the same text with the same fault, however many emails use it.
 */
export async function templateFaultStatements(ctx: Ctx, { row, template }: Attempt, fault: TemplateFault) {
  const text = [template?.subject, template?.textBody, template?.htmlBody, template?.fromAddress, template?.bccAddress]
  const digest = await sha256Hex(JSON.stringify([fault, text]))
  const note = {
    ...fault,
    phase: EMAIL_PHASES[fault.type],
    message: `the built-in text is sent instead: ${fault.message}`,
  }
  const alert = newAlert(ctx, {
    code: 'email-template-broken',
    details: { template: row.emCd, problem: fault.message },
    again: 'daily',
    type: 'email-template-broken',
    subjectId: `${row.emCd}:${digest.slice(0, 16)}`,
    data: { em_cd: row.emCd, fault: fault.type },
  })
  return {
    statements: [insertFault(ctx.db, row, note), raiseAlertStatement(ctx.db, alert)] as const,
    afterCommit(noted: Parameters<typeof toFailedEmail>[0][], raised: { id: string }[]) {
      ctx.log.error('email-template-broken', {
        outbox_id: row.id,
        em_cd: row.emCd,
        type: fault.type,
        error: fault.message,
      })
      for (const each of noted) if (each.order_id !== null) logFailedEmail(ctx, row.id, toFailedEmail(each), note)
      enqueueWritten(ctx, [alert.event], [{ rows: raised }])
    },
  }
}
