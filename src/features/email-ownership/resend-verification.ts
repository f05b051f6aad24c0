import { requireMember } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'

/**
 * Sends another link to the address that waits to be verified, or to the account's own while nobody has shown that its
 * reader owns the account. Throws `session-ended`.
 */
export async function resendVerification(ctx: Ctx): Promise<void> {
  const { memberId } = requireMember(ctx.actor)
  const email = await newTokenEmail(ctx, 'verification')
  const [written] = await runBatchAsCaller(ctx, [insertTokenEmail(ctx.db, { memberId }, email)])
  if (written.rows.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, [email.outboxId]))
}
