import type { Context } from 'hono'
import type { Env } from '../../env.ts'
import { AppError } from '../../shared/errors.ts'
import { signingKeys } from '../../shared/signing-keys.ts'
import { turnstileHint } from '../../shared/turnstile.ts'
import type { AppEnv } from '../app-env.ts'
import { burstCounterOf } from './burst-counter.ts'
import { policyHeader, stateHeader } from './headers.ts'
import { kvCounterOf } from './kv-counter.ts'
import type { Layer, Opinion } from './layer.ts'
import { type BurstLimit, bindingOf, type Counted, type LimitName, LIMITS, type WindowLimit } from './limits.ts'
import type { Quota, Verdict } from './sliding-window.ts'
import { counterKey, subjectsOf } from './subject.ts'
import { underWay } from './under-way.ts'

/** One counter that a limit keeps for this request. A limit by address has one for each network of the address. */
type Check = { name: LimitName; counts: Counted; quota: Quota; key: string; layer: Layer; asksOutside: boolean }

type Judged = { check: Check; verdict: Verdict }

const layerOf = (env: Env, limit: BurstLimit | WindowLimit): Layer =>
  limit.layer === 'kv' ? kvCounterOf(env.RATE_LIMIT_KV) : burstCounterOf(env[bindingOf(limit)])

const limitOf = (name: LimitName): BurstLimit | WindowLimit => LIMITS[name]

async function checksOf(c: Context<AppEnv>, names: readonly LimitName[]): Promise<Check[]> {
  const { env } = c.get('ctx')
  const isProven = c.get('isProven') === true
  const checks = await Promise.all(
    names.map(async (name) => {
      const limit = limitOf(name)
      if (isProven && limit.isLiftedByProof === true) return []
      const layer = layerOf(env, limit)
      return (await subjectsOf(c, limit.by)).map(({ subject, times }) => ({
        name,
        counts: limit.counts,
        quota: { limit: limit.limit * times, windowSeconds: limit.windowSeconds },
        key: counterKey(signingKeys(env, 'rate-limit')[0], name, subject),
        layer,
        // A binding cannot count a multiple of its limit.
        asksOutside: times === 1 || limit.layer === 'kv',
      }))
    }),
  )
  return checks.flat()
}

function judge({ layer, key, quota }: Check, opinion: Opinion, now: Date): Verdict {
  const verdict = layer.judge(key, quota, now)
  if (opinion === 'open') return { ...verdict, allowed: true, retryAfter: 0 }
  const { windowSeconds } = quota
  if (verdict.allowed && opinion === 'refused')
    return { allowed: false, remaining: 0, reset: windowSeconds, retryAfter: windowSeconds }
  if (verdict.allowed && verdict.remaining <= underWay.count(key, now))
    return { ...verdict, allowed: false, remaining: 0, retryAfter: 1 }
  return verdict
}

const IS_COUNTED: Record<Counted, (status: number) => boolean> = {
  call: () => true,
  success: (status) => status < 400,
  guess: (status) => status === 401,
}

/** For each limit, its counter with the fewest hits left. */
function tightest(judged: readonly Judged[]): { name: LimitName; remaining: number; reset: number }[] {
  const least = new Map<LimitName, Verdict>()
  for (const { check, verdict } of judged) {
    const other = least.get(check.name)
    if (other === undefined || verdict.remaining < other.remaining) least.set(check.name, verdict)
  }
  return [...least].map(([name, { remaining, reset }]) => ({ name, remaining, reset }))
}

/** Counts the limits that depend on the outcome; call it once the answer is known. */
export type Settle = (c: Context<AppEnv>) => void

/**
 * Counts the request under all given limits that have a subject here, or under none if one of them is used up, and sets
 * the RateLimit headers. The returned function counts the limits that depend on the outcome.
 * Throws `rate-limited` with `retry_after` in seconds, the names of the used-up limits (`policies`), and a hint if
 * Turnstile would lift them.
 */
export async function enforce(c: Context<AppEnv>, names: readonly LimitName[]): Promise<Settle> {
  const ctx = c.get('ctx')
  if (!ctx.env.RATE_LIMITS) return () => undefined
  const checks = await checksOf(c, names)
  const opinions = await Promise.all(
    checks.map(async ({ layer, key, quota, asksOutside }): Promise<Opinion> =>
      asksOutside ? layer.prepare(key, quota, ctx) : 'counted',
    ),
  )
  // No await from here until the hits are counted, so that parallel requests in one isolate cannot exceed a limit.
  const judged = checks.map((check, at) => ({ check, verdict: judge(check, opinions[at] ?? 'counted', ctx.now()) }))
  const refusals = judged.filter(({ verdict }) => !verdict.allowed)
  const add = ({ check: { layer, key, quota }, verdict }: Judged) => {
    layer.add(key, quota, ctx)
    verdict.remaining = Math.max(0, verdict.remaining - 1)
  }
  const waiting = judged.filter(({ check }) => check.counts !== 'call')
  const leaveAll = refusals.length > 0 ? [] : waiting.map(({ check }) => underWay.enter(check.key, ctx.now()))
  if (refusals.length === 0) for (const each of judged) if (each.check.counts === 'call') add(each)

  const policies = [...new Set(checks.map(({ name }) => name))]
  c.header('RateLimit-Policy', policyHeader(policies))
  c.header('RateLimit', stateHeader(tightest(judged)))
  if (refusals.length === 0) {
    return ({ res }) => {
      for (const leave of leaveAll) leave()
      const counted = waiting.filter(({ check }) => IS_COUNTED[check.counts](res.status))
      for (const each of counted) add(each)
      if (counted.length > 0) res.headers.set('RateLimit', stateHeader(tightest(judged)))
    }
  }
  const refusing = [...new Set(refusals.map(({ check }) => check.name))]
  ctx.log.warn('rate-limited', { policies: refusing })
  throw new AppError('rate-limited', 'Too many requests at the moment.', {
    details: {
      retry_after: Math.max(...refusals.map(({ verdict }) => verdict.retryAfter)),
      policies: refusing,
      ...(refusing.every((name) => limitOf(name).isLiftedByProof === true) ? turnstileHint(ctx.env) : {}),
    },
  })
}
