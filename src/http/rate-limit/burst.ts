import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { within } from '../within.ts'
import { policyHeader, stateHeader } from './headers.ts'
import { type BurstName, POLICIES } from './policies.ts'
import { counterKey, subjectOf } from './subject.ts'

const PATIENCE_MS = 250

/**
 * Counts the request with a Workers rate-limit binding. The binding tells yes or no and no numbers, so that
 * `RateLimit` is only sent with a refusal. Throws `rate-limited`. A binding that fails limits nothing.
 */
async function enforceBurst(c: Context<AppEnv>, name: BurstName): Promise<void> {
  const { env, log } = c.get('ctx')
  const { windowSeconds, by, binding } = POLICIES[name]
  const subject = subjectOf(c, by)
  if (!env.RATE_LIMITS || subject === undefined) return
  c.header('RateLimit-Policy', policyHeader([name]))
  const key = counterKey(env.SIGNING_SECRET, name, subject)
  const { success } = await within(PATIENCE_MS, env[binding].limit({ key })).catch((error: unknown) => {
    log.warn('rate-limit-open', { layer: 'burst', policy: name, error })
    return { success: true }
  })
  if (success) return
  c.header('RateLimit', stateHeader([{ name, remaining: 0, reset: windowSeconds }]))
  log.warn('rate-limited', { policies: [name] })
  throw new AppError('rate-limited', 'Too many requests for now.', { details: { retry_after: windowSeconds } })
}

/** Ten checkouts a minute for a buyer: a double click is none too many, a card tester is. */
export const limitCheckout = createMiddleware<AppEnv>(async (c, next) => {
  await enforceBurst(c, 'checkout')
  await next()
})

/**
 * To be called for every webhook request whose signature is not valid, before it is refused. Throws `rate-limited`
 * for an address that has sent too many of them. Valid ones are never counted: all events of a flash sale come in.
 */
export const countRefusedSignature = (c: Context<AppEnv>): Promise<void> => enforceBurst(c, 'webhook-refused')
