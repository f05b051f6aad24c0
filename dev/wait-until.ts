import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  timeoutMs?: number
  everyMs?: number
  /** Called after a failed probe with what it threw; true gives up at once. */
  isFinal?: (error: unknown) => boolean
}

/**
 * Asks again and again until `probe` answers something other than undefined or false, and answers that.
 * A probe that throws counts as "not yet"; the last error is the cause of the one thrown after `timeoutMs`.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 15_000, everyMs = 25, isFinal = () => false }: Patience = {},
): Promise<T> {
  const start = Date.now()
  for (;;) {
    let cause: unknown
    try {
      const answer = await probe()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      cause = error
    }
    if (isFinal(cause) || Date.now() - start >= timeoutMs) {
      throw new Error(`gave up after ${(Date.now() - start) / 1000} s waiting for ${what}`, { cause })
    }
    await delay(everyMs)
  }
}
