import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { lockMember } from '../members/queries.ts'
import { insertTokenEmail } from '../one-time-tokens/queries/token-emails.ts'
import { voidTokens } from '../one-time-tokens/queries/tokens.ts'
import { newTokenEmail } from '../one-time-tokens/token-email.ts'

/**
 * Emails the account's owner a link to set a new password, and voids earlier links. All of it happens after the answer,
 * so the time it takes does not reveal whether the account exists.
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
