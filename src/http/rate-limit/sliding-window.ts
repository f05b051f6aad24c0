/** The hits in a window, numbered since the epoch, and in the window before it. */
export type Hits = { window: number; current: number; previous: number }

export type Quota = { limit: number; windowSeconds: number }

/** Whether one more hit is allowed; hits left; seconds until the count is back to zero; seconds until one more is allowed. */
export type Verdict = { allowed: boolean; remaining: number; reset: number; retryAfter: number }

export const windowOf = (now: Date, { windowSeconds }: Quota): number =>
  Math.floor(now.getTime() / (windowSeconds * 1_000))

/** Moves the counts forward to a later window. An earlier one, from a machine whose clock is behind, changes nothing. */
export function rollTo(hits: Hits, window: number): Hits {
  if (window <= hits.window) return hits
  return { window, current: 0, previous: window === hits.window + 1 ? hits.current : 0 }
}

/**
 * Whether one more hit is allowed in a sliding window. The hits of the previous window count in proportion to how much of
 * it the last `windowSeconds` cover. Hits and seconds in the result are whole numbers.
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

/** Seconds until enough earlier hits have left the window to allow one more. */
function untilAllowed(current: number, previous: number, elapsed: number, { limit, windowSeconds }: Quota): number {
  const fades = (count: number, room: number) => windowSeconds * Math.max(0, 1 - room / count)
  if (current + 1 <= limit) return fades(previous, limit - 1 - current) - elapsed
  return windowSeconds - elapsed + fades(current, limit - 1)
}
