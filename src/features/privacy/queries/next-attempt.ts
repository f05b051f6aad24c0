import { type SQL, sql } from 'drizzle-orm'
import { ATTEMPT_MAX_MINUTES } from '../rules.ts'

// Bounds the exponent, so that the power stays an integer after any number of attempts; 2^10 exceeds the longest pause.
const EXPONENT_MAX = 10

/** When a row that is claimed now is due again: after 2, 4, 8, … minutes by its column `attempts`, at most an hour. */
export const nextAttemptAt = (now: Date): SQL => sql`${now.toISOString()}::timestamptz + make_interval(
  mins => least(power(2, least(attempts + 1, ${EXPONENT_MAX}::integer))::integer, ${ATTEMPT_MAX_MINUTES}::integer))`
