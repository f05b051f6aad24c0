import type { Context } from 'hono'
import type { Env } from '../../env.ts'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { burstCounterOf } from './burst-counter.ts'
import { policyHeader, stateHeader } from './headers.ts'
import { kvCounterOf } from './kv-counter.ts'
import type { Layer, Opinion } from './layer.ts'
import { POLICIES, type PolicyName } from './policies.ts'
import type { Quota, Verdict } from './sliding-window.ts'
import { counterKey, subjectOf } from './subject.ts'

type Check = { name: PolicyName; quota: Quota; key: string; layer: Layer }

function layerOf(env: Env, name: PolicyName): Layer {
  const policy = POLICIES[name]
  return policy.layer === 'kv' ? kvCounterOf(env.RATE_LIMIT_KV) : burstCounterOf(env[policy.binding])
}

async function checksOf(c: Context<AppEnv>, names: readonly PolicyName[]): Promise<Check[]> {
  const { env } = c.get('ctx')
  const checks = await Promise.all(
    names.map(async (name) => {
      const subject = await subjectOf(c, POLICIES[name].by)
      if (subject === undefined) return []
      const key = counterKey(env.SIGNING_SECRET, name, subject)
      return [{ name, quota: POLICIES[name], key, layer: layerOf(env, name) }]
    }),
  )
  return checks.flat()
}

function decide(opinion: Opinion | undefined, verdict: Verdict, { windowSeconds }: Quota): Verdict {
  if (opinion === 'open') return { ...verdict, allowed: true, retryAfter: 0 }
  if (opinion !== 'refused' || !verdict.allowed) return verdict
  return { allowed: false, remaining: 0, reset: windowSeconds, retryAfter: windowSeconds }
}

/**
 * Counts the request under every policy that has a subject here, or under none when one of them is used up.
 * Throws `rate-limited` with `retry_after` in seconds. Sets the RateLimit headers either way. With `later`, the caller
 * counts the request itself by what is returned, once it knows that it took effect.
 */
export async function enforce(
  c: Context<AppEnv>,
  names: readonly PolicyName[],
  counting: 'now' | 'later' = 'now',
): Promise<() => void> {
  const ctx = c.get('ctx')
  if (!ctx.env.RATE_LIMITS) return () => undefined
  const checks = await checksOf(c, names)
  const opinions = await Promise.all(checks.map(({ layer, key, quota }) => layer.prepare(key, quota, ctx)))
  // From here to the counting nothing waits: requests of one isolate cannot slip in between.
  const verdicts = checks.map(({ name, quota, key, layer }, at) => ({
    name,
    ...decide(opinions[at], layer.judge(key, quota, ctx.now()), quota),
  }))
  const refusals = verdicts.filter(({ allowed }) => !allowed)
  const isRefused = refusals.length > 0
  const count = () => {
    for (const { layer, key, quota } of checks) layer.add(key, quota, ctx)
  }
  if (!isRefused && counting === 'now') count()
  const left = (remaining: number) => Math.max(0, isRefused ? remaining : remaining - 1)
  c.header('RateLimit-Policy', policyHeader(checks.map(({ name }) => name)))
  c.header('RateLimit', stateHeader(verdicts.map((verdict) => ({ ...verdict, remaining: left(verdict.remaining) }))))
  if (!isRefused) return count
  ctx.log.warn('rate-limited', { policies: refusals.map(({ name }) => name) })
  throw new AppError('rate-limited', 'Too many requests for now.', {
    details: { retry_after: Math.max(...refusals.map(({ retryAfter }) => retryAfter)) },
  })
}
