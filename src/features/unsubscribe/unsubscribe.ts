import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { readUnsubscribeToken } from '../../shared/unsubscribe-token.ts'
import { unsubscribeByCode } from './queries.ts'

async function codeOf(ctx: Ctx, token: string): Promise<string> {
  const code = await readUnsubscribeToken(ctx.env, token)
  if (code === undefined) throw new AppError('invalid-token', 'This link is not one that our emails hold.')
  return code
}

/** Throws `invalid-token` unless the link is one of ours. Changes nothing and makes no round trip. */
export async function checkUnsubscribeToken(ctx: Ctx, token: string): Promise<void> {
  await codeOf(ctx, token)
}

/**
 * Unsubscribes the recipient of an email from all emails but those about their own orders and account. Unsubscribing
 * again, or after the recipient's data was erased, changes nothing. Throws `invalid-token`.
 */
export async function unsubscribe(ctx: Ctx, token: string): Promise<void> {
  const code = await codeOf(ctx, token)
  await runStatement(() => unsubscribeByCode(ctx.db, code, ctx.now()))
}
