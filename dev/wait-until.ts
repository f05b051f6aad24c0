import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again and again until `probe` answers something other than undefined or false, and answers that.
 * A probe that throws counts as "not yet"; its last error is the cause of the error thrown after `timeoutMs`.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 15_000, everyMs = 25 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let lastError: unknown
  for (;;) {
    try {
      const answer = await probe()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      lastError = error
    }
    if (Date.now() >= deadline) {
      throw new Error(`gave up after ${timeoutMs / 1000} s waiting for ${what}`, { cause: lastError })
    }
    await delay(everyMs)
  }
}
