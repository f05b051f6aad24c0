import { AsyncLocalStorage } from 'node:async_hooks'

export type Deadline = {
  /** Milliseconds since the epoch. */
  endsAt: number
  /** Whether to repeat a call that timed out. Not for reads, since the caller can repeat the request as well. */
  repeatsAfterTimeout: boolean
}

const storage = new AsyncLocalStorage<Deadline | undefined>()

/** Runs `work` under a deadline; `undefined` for work after the answer, which has none. */
export const runUntil = <T>(deadline: Deadline | undefined, work: () => T): T => storage.run(deadline, work)

export const currentDeadline = (): Deadline | undefined => storage.getStore()

/** Whether the current request's deadline has passed. */
export function isTimeUp(): boolean {
  const deadline = currentDeadline()
  return deadline !== undefined && Date.now() >= deadline.endsAt
}

/**
 * `fetch` that waits at most `ms`, and no longer than the request's deadline; after the deadline it sends nothing. Rejects
 * with a `TimeoutError`.
 */
export async function fetchWithin(ms: number, url: string | URL, init: RequestInit): Promise<Response> {
  if (isTimeUp()) throw new DOMException('The time of this request is up', 'TimeoutError')
  const left = (currentDeadline()?.endsAt ?? Infinity) - Date.now()
  const timeout = AbortSignal.timeout(Math.min(ms, left))
  const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout])
  return fetch(url, { ...init, signal })
}
