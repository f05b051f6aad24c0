import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { isSafeMethod } from '../paths.ts'
import { policyHeader, stateHeader } from './headers.ts'
import { kvCounterOf } from './kv-counter.ts'
import { PATHS_WITH_OWN_LIMIT, POLICIES, type WindowName } from './policies.ts'
import { counterKey, subjectOf } from './subject.ts'

const CHANGES = ['changes-visitor', 'changes-member', 'changes-address'] as const satisfies WindowName[]

/**
 * Counts the request under every policy that has a subject here, or under none when one of them is used up.
 * Throws `rate-limited` with `retry_after` in seconds. Sets the RateLimit headers either way.
 */
async function enforceWindows(c: Context<AppEnv>, names: readonly WindowName[]): Promise<void> {
  const ctx = c.get('ctx')
  const counter = kvCounterOf(ctx.env.RATE_LIMIT_KV)
  const limits = names.flatMap((name) => {
    const subject = subjectOf(c, POLICIES[name].by)
    if (subject === undefined) return []
    return [{ name, quota: POLICIES[name], key: counterKey(ctx.env.SIGNING_SECRET, name, subject) }]
  })
  const known = await Promise.all(limits.map(({ key, quota }) => counter.prepare(key, quota, ctx)))
  // From here to the counting nothing waits: requests of one isolate cannot slip in between.
  const verdicts = limits.map((limit, at) => ({
    ...limit,
    open: known[at] !== true,
    ...counter.judge(limit.key, limit.quota, ctx.now()),
  }))
  const refusals = verdicts.filter(({ allowed, open }) => !allowed && !open)
  if (refusals.length === 0) for (const { key, quota } of limits) counter.add(key, quota, ctx)
  const counted = refusals.length === 0 ? 1 : 0
  c.header('RateLimit-Policy', policyHeader(limits.map(({ name }) => name)))
  c.header(
    'RateLimit',
    stateHeader(verdicts.map((verdict) => ({ ...verdict, remaining: Math.max(0, verdict.remaining - counted) }))),
  )
  if (refusals.length === 0) return
  ctx.log.warn('rate-limited', { policies: refusals.map(({ name }) => name) })
  throw new AppError('rate-limited', 'Too many changes for now.', {
    details: { retry_after: Math.max(...refusals.map(({ retryAfter }) => retryAfter)) },
  })
}

/** The limits of "other state-changing calls": everything that changes something and has no limit of its own. */
export const limitChanges = createMiddleware<AppEnv>(async (c, next) => {
  const isLimited = c.get('ctx').env.RATE_LIMITS && !isSafeMethod(c.req.method) && !PATHS_WITH_OWN_LIMIT.has(c.req.path)
  if (isLimited) await enforceWindows(c, CHANGES)
  await next()
})
