import type { Context } from 'hono'
import { type AppError, isAppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { limitsWhenAsked, policyOf } from '../policy.ts'
import { enforce } from './enforce.ts'

/** Counts a request under what its route counts `whenAsked`. Throws `rate-limited`. */
export async function countCall(c: Context<AppEnv>): Promise<void> {
  await enforce(c, limitsWhenAsked(policyOf(c)))
}

/** As `countCall`, but answers the refusal instead of throwing it, for a handler that can do without. */
export const findRefusal = (c: Context<AppEnv>): Promise<AppError | undefined> =>
  countCall(c).then(
    () => undefined,
    (error: unknown) => {
      if (isAppError(error, 'rate-limited')) return error
      throw error
    },
  )
