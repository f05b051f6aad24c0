import { within } from '../../shared/within.ts'
import type { Layer } from './layer.ts'
import { recall } from './recall.ts'
import type { Quota, Verdict } from './sliding-window.ts'

/** How long a request waits for the binding before it goes on without it. */
const TIMEOUT_MS = 250

/** Judges by the hits of exactly the last `windowSeconds`. `hits` are times in milliseconds, oldest first. */
function judgeMoments(hits: readonly number[], now: Date, { limit, windowSeconds }: Quota): Verdict {
  const start = now.getTime() - windowSeconds * 1_000
  const recent = hits.filter((moment) => moment > start)
  const untilGone = (moment = start) => Math.max(0, Math.ceil((moment - start) / 1_000))
  const allowed = recent.length < limit
  return {
    allowed,
    remaining: Math.max(0, limit - recent.length),
    reset: recent.length === 0 ? windowSeconds : untilGone(recent.at(-1)),
    retryAfter: allowed ? 0 : Math.max(1, untilGone(recent.at(-limit))),
  }
}

/**
 * Counts limits of one minute. The binding counts for a whole location, but only roughly, in fixed minutes, and returns
 * no numbers. So the isolate also keeps the times of its own hits, which are exact for parallel requests too, and all
 * that is left when the binding fails.
 */
function createBurstCounter(binding: RateLimit): Layer {
  const momentsOf = new Map<string, number[]>()
  const recallMoments = (key: string) => recall(momentsOf, key, () => [])

  return {
    async prepare(key, _quota, { log }) {
      try {
        const { success } = await within(binding.limit({ key }), TIMEOUT_MS, 'rate-limit binding')
        return success ? 'counted' : 'refused'
      } catch (error) {
        log.warn('rate-limit-open', { layer: 'burst', error })
        return 'counted'
      }
    },

    judge: (key, quota, now) => judgeMoments(recallMoments(key), now, quota),

    add(key, { limit }, { now }) {
      const moments = recallMoments(key)
      moments.push(now().getTime())
      if (moments.length > limit) moments.shift()
    },
  }
}

const counters = new WeakMap<RateLimit, Layer>()

/** The counter of a binding, one for each isolate. */
export function burstCounterOf(binding: RateLimit): Layer {
  const counter = counters.get(binding) ?? createBurstCounter(binding)
  counters.set(binding, counter)
  return counter
}
