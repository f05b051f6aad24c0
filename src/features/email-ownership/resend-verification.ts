import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'

/**
 * Emails another verification link to the pending address, or to the account's own until its owner has verified it.
 * Throws `session-ended`.
 */
export async function resendVerification(ctx: Ctx): Promise<void> {
  const { memberId } = requireMember(ctx.actor)
  const email = await newTokenEmail(ctx, 'verification')
  const [written] = await runBatchAsCaller(ctx, [insertTokenEmail(ctx.db, { memberId }, email)])
  if (written.rows.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, [email.outboxId]))
}
