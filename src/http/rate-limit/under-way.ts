import { recall } from './recall.ts'

/** After this long, a request that has not ended was cut off, and no longer counts. */
const GIVEN_UP_AFTER_MS = 60_000

/**
 * Running requests of this isolate that count only by their outcome, with their start times. They count until they end,
 * so that no more of them run in parallel than the limit allows.
 */
const momentsOf = new Map<string, number[]>()

export const underWay = {
  count(key: string, now: Date): number {
    const since = now.getTime() - GIVEN_UP_AFTER_MS
    return (momentsOf.get(key) ?? []).filter((moment) => moment > since).length
  },

  /** Registers a running request; returns the function that ends it. */
  enter(key: string, now: Date): () => void {
    const moment = now.getTime()
    const since = moment - GIVEN_UP_AFTER_MS
    const moments = recall(momentsOf, key, () => [])
    moments.splice(0, moments.length, ...moments.filter((other) => other > since), moment)
    return () => {
      const at = moments.indexOf(moment)
      if (at >= 0) moments.splice(at, 1)
      if (moments.length === 0 && momentsOf.get(key) === moments) momentsOf.delete(key)
    }
  },
}
