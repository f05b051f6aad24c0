import { requireJob } from '../../actor.ts'
import type { Ctx } from '../../context.ts'
import { checkSaleReadiness } from './check-sale-readiness.ts'

/** What this isolate logged last, so that it logs a problem once and not every minute. */
let lastSaid = ''

/** Logs what a sale lacks, once for each change in each isolate, and when nothing is missing any more. */
export async function watchReadiness(ctx: Ctx): Promise<void> {
  requireJob(ctx.actor)
  const problems = await checkSaleReadiness(ctx)
  const now = problems.map(({ message }) => message).join(' ')
  if (now === lastSaid) return
  lastSaid = now
  if (problems.length === 0) ctx.log.info('ready-to-sell', {})
  else ctx.log.error('not-ready-to-sell', { problems })
}
