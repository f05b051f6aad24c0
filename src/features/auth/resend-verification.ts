import type { Ctx } from '../../context.ts'
import { runBatchAsCaller } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { getMember } from './get-member.ts'
import { insertTokenEmail } from './queries/tokens.ts'
import { newTokenEmail } from './token-email.ts'

/** Sends another link to verify the member's address; none when it is verified already. Throws `session-ended`. */
export async function resendVerification(ctx: Ctx): Promise<void> {
  const { memberId } = getMember(ctx)
  const email = await newTokenEmail(ctx, 'verify_email')
  const [written] = await runBatchAsCaller(ctx, [insertTokenEmail(ctx.db, { memberId }, email)])
  if (written.rows.length > 0) ctx.defer('enqueue-email', () => enqueueEmails(ctx, [email.outboxId]))
}
