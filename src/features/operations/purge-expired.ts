import type { Ctx } from '../../context.ts'
import { runBatch } from '../../db/transaction.ts'
import { deleteForgottenCarts, deleteOldIdempotencyKeys, deleteOldOneTimeTokens, deleteOldSessions } from './queries.ts'

const DAY_MS = 24 * 60 * 60_000
const CART_DAYS = 90
/** Members see where they were signed in of late. */
const SESSION_DAYS = 30

/** Deletes what has outlived its purpose, a bounded number of rows at a time. */
export async function purgeExpired(ctx: Ctx): Promise<void> {
  const daysAgo = (days: number) => new Date(ctx.now().getTime() - days * DAY_MS)
  await runBatch(ctx.db, [
    deleteOldIdempotencyKeys(ctx.db, daysAgo(1)),
    deleteForgottenCarts(ctx.db, daysAgo(CART_DAYS)),
    deleteOldSessions(ctx.db, daysAgo(SESSION_DAYS)),
    deleteOldOneTimeTokens(ctx.db, daysAgo(SESSION_DAYS)),
  ])
}
