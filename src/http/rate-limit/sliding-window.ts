/** Hits in the window with this number since the epoch, and in the one before it. */
export type Hits = { window: number; current: number; previous: number }

export type Quota = { limit: number; windowSeconds: number }

/** Whether one more hit fits, and then: hits that remain, seconds until all is as new, seconds until one more fits. */
export type Verdict = { allowed: boolean; remaining: number; reset: number; retryAfter: number }

export const windowOf = (now: Date, { windowSeconds }: Quota): number =>
  Math.floor(now.getTime() / (windowSeconds * 1_000))

/** Moves counts forward to a later window. Clocks of different machines may disagree: an earlier one changes nothing. */
export function rollTo(hits: Hits, window: number): Hits {
  if (window <= hits.window) return hits
  return { window, current: 0, previous: window === hits.window + 1 ? hits.current : 0 }
}

/**
 * Whether one more hit fits. The previous window counts by the part of it that the last `windowSeconds` still cover,
 * as if its hits had been spread evenly. All results but `allowed` are whole numbers: hits or seconds.
 */
export function judge(hits: Hits, now: Date, quota: Quota): Verdict {
  const { limit, windowSeconds } = quota
  const { window, current, previous } = rollTo(hits, windowOf(now, quota))
  const elapsed = Math.min(windowSeconds, Math.max(0, now.getTime() / 1_000 - window * windowSeconds))
  const left = windowSeconds - elapsed
  const used = current + previous * (left / windowSeconds)
  const allowed = used + 1 <= limit
  return {
    allowed,
    remaining: Math.max(0, Math.floor(limit - used)),
    reset: Math.ceil(left),
    retryAfter: allowed ? 0 : Math.max(1, Math.ceil(untilAllowed(current, previous, elapsed, quota))),
  }
}

/** Seconds until enough of the past has moved out of sight for one more hit. */
function untilAllowed(current: number, previous: number, elapsed: number, { limit, windowSeconds }: Quota): number {
  const fades = (count: number, room: number) => windowSeconds * Math.max(0, 1 - room / count)
  if (current + 1 <= limit) return fades(previous, limit - 1 - current) - elapsed
  return windowSeconds - elapsed + fades(current, limit - 1)
}
