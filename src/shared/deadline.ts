import { AsyncLocalStorage } from 'node:async_hooks'

export type Deadline = {
  /** Milliseconds since the epoch. */
  endsAt: number
  /** Whether a call that was not answered in time may be made again. A read is not: its caller can ask again as well. */
  repeatsAfterTimeout: boolean
}

const storage = new AsyncLocalStorage<Deadline | undefined>()

/** Runs what a request does until its answer; `undefined` for work after it, which has none. */
export const runUntil = <T>(deadline: Deadline | undefined, work: () => T): T => storage.run(deadline, work)

export const currentDeadline = (): Deadline | undefined => storage.getStore()

/** Whether the time of the request that is being answered is up. */
export function isTimeUp(): boolean {
  const deadline = currentDeadline()
  return deadline !== undefined && Date.now() >= deadline.endsAt
}

/**
 * `fetch` that waits for `ms` at most, and no longer than the request has time; when that is up nothing is sent any more.
 * Rejects with a `TimeoutError`.
 */
export async function fetchWithin(ms: number, url: string | URL, init: RequestInit): Promise<Response> {
  if (isTimeUp()) throw new DOMException('The time of this request is up', 'TimeoutError')
  const left = (currentDeadline()?.endsAt ?? Infinity) - Date.now()
  const timeout = AbortSignal.timeout(Math.min(ms, left))
  const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout])
  return fetch(url, { ...init, signal })
}
