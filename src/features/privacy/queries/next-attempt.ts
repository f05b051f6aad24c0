import { type SQL, sql } from 'drizzle-orm'
import { ATTEMPT_MAX_MINUTES } from '../rules.ts'

// 2^10 minutes is beyond the longest pause, and an integer however often it has been tried.
const EXPONENT_MAX = 10

/** When a row that is claimed now is due again: 2, 4, 8, … minutes later by its column `attempts`, at most an hour. */
export const nextAttemptAt = (now: Date): SQL => sql`${now.toISOString()}::timestamptz + make_interval(
  mins => least(power(2, least(attempts + 1, ${EXPONENT_MAX}::integer))::integer, ${ATTEMPT_MAX_MINUTES}::integer))`
