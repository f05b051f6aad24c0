import type { Context } from 'hono'
import { type AppError, isAppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { limitsWhenAsked, policyOf } from '../policy.ts'
import { enforce } from './enforce.ts'

/** Counts a request under the limits that its route counts `whenAsked`. Throws `rate-limited`. */
export async function countCall(c: Context<AppEnv>): Promise<void> {
  await enforce(c, limitsWhenAsked(policyOf(c)))
}

/** As `countCall`, but returns the refusal instead of throwing it, for a handler that has another answer. */
export const findRefusal = (c: Context<AppEnv>): Promise<AppError | undefined> =>
  countCall(c).then(
    () => undefined,
    (error: unknown) => {
      if (isAppError(error, 'rate-limited')) return error
      throw error
    },
  )
