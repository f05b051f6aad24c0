import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { lockMember } from '../members/queries.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'

/**
 * Emails a link for a new password to the owner of the account, if there is one; earlier links are void. All of it
 * happens after the answer, which therefore takes as long for an account that does not exist.
 */
export function requestPasswordReset(ctx: Ctx, login: string): void {
  ctx.defer('request-password-reset', () => sendResetLink(ctx, login))
}

async function sendResetLink(ctx: Ctx, login: string): Promise<void> {
  const email = await newTokenEmail(ctx, 'password_reset')
  const [, , written] = await runBatch(ctx.db, [
    lockMember(ctx.db, { login }),
    voidTokens(ctx.db, { login }, ['reset_password'], email.now, email.links),
    insertTokenEmail(ctx.db, { login }, email),
  ])
  if (written.rows.length > 0) await enqueueEmails(ctx, [email.outboxId])
}
