import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { readUnsubscribeToken } from '../../shared/unsubscribe-token.ts'
import { unsubscribeCode } from './queries.ts'

async function codeOf(ctx: Ctx, token: string): Promise<string> {
  const code = await readUnsubscribeToken(ctx.env, token)
  if (code === undefined) throw new AppError('invalid-token', 'This link is not one that our emails hold.')
  return code
}

/** Throws `invalid-token` unless the link is one of ours; changes nothing and asks nobody. */
export async function checkUnsubscribeToken(ctx: Ctx, token: string): Promise<void> {
  await codeOf(ctx, token)
}

/**
 * Takes the recipient of an email off all email but that about their own orders and account. Again changes nothing,
 * and a recipient who is gone needs nothing done. Throws `invalid-token`.
 */
export async function unsubscribe(ctx: Ctx, token: string): Promise<void> {
  const code = await codeOf(ctx, token)
  await runStatement(() => unsubscribeCode(ctx.db, code, ctx.now()))
}
