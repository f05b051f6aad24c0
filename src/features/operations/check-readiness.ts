import type { Ctx } from '../../context.ts'
import { within } from '../../shared/within.ts'
import { checkSaleReadiness, type ReadinessProblem, SALE_CHECK_NAMES, type SaleCheck } from './check-sale-readiness.ts'
import type { Readiness } from './schemas.ts'

const TIMEOUT_MS = 2_000

/** What `work` answers; undefined, with a line in the log, when it fails or takes more than two seconds. */
async function ask<T>(ctx: Ctx, part: string, work: () => Promise<T>): Promise<{ answer: T } | undefined> {
  try {
    return { answer: await within(work(), TIMEOUT_MS, part) }
  } catch (error) {
    ctx.log.error('not-ready', { part, error })
    return undefined
  }
}

const part = (asked: object | undefined): 'ok' | 'failed' => (asked === undefined ? 'failed' : 'ok')

/** Checks every part that a purchase needs, and asks the database whether the shop can sell, all in parallel. */
export async function checkReadiness(ctx: Ctx): Promise<Readiness> {
  const [sale, kv, queue] = await Promise.all([
    ask(ctx, 'database', () => checkSaleReadiness(ctx)),
    ask(ctx, 'kv', () => ctx.env.RATE_LIMIT_KV.get('readiness')),
    ask(ctx, 'queue', () => ctx.env.EMAIL_QUEUE.metrics()),
  ])
  const checks = { database: part(sale), kv: part(kv), queue: part(queue), ...saleChecks(sale?.answer) }
  const isReady = Object.values(checks).every((check) => check === 'ok')
  return { status: isReady ? 'ok' : 'failed', checks, problems: sale?.answer ?? [] }
}

function saleChecks(problems: ReadinessProblem[] | undefined): Record<SaleCheck, 'ok' | 'failed' | 'unknown'> {
  const state = (name: SaleCheck) => {
    if (problems === undefined) return 'unknown'
    return problems.some(({ check }) => check === name) ? 'failed' : 'ok'
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each name
  return Object.fromEntries(SALE_CHECK_NAMES.map((name) => [name, state(name)])) as Record<
    SaleCheck,
    'ok' | 'failed' | 'unknown'
  >
}
