const BASE_SECONDS = 5
const CAP_SECONDS = 6 * 60 * 60

/** After this many attempts, about ten hours, an email or event is given up. The queue delivers a message as often. */
export const ATTEMPTS_MAX = 10

/**
 * Seconds to wait after `attempt` (1, 2, …) failed: 5 × 3^(attempt-1), at most six hours. `random` (0 to 1) takes off up
 * to a quarter, so that what failed together is not retried together.
 */
export function retryDelaySeconds(attempt: number, random: number): number {
  const full = Math.min(CAP_SECONDS, BASE_SECONDS * 3 ** (attempt - 1))
  return Math.ceil(full * (1 - random / 4))
}

/** How much the clocks of two Workers may differ; without this allowance, a punctual retry could find its row not due. */
export const CLOCK_SKEW_MS = 2_000

/** The message of an error as one line of at most 1,000 characters that PostgreSQL can store. */
export const failureMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replaceAll(/[\s\0]+/g, ' ')
    .trim()
    .slice(0, 1_000)
    .toWellFormed() || 'unknown'
