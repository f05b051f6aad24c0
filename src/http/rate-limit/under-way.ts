import { recall } from './recall.ts'

/** A request that has not come back by then was cut off with its caller, and will tell nothing any more. */
const GIVEN_UP_AFTER_MS = 60_000

/**
 * Requests of this isolate whose outcome decides whether they count. Until it is known they are taken as counted, so
 * that no more of them run at once than the limit allows.
 */
const momentsOf = new Map<string, number[]>()

export const underWay = {
  count(key: string, now: Date): number {
    const since = now.getTime() - GIVEN_UP_AFTER_MS
    return (momentsOf.get(key) ?? []).filter((moment) => moment > since).length
  },

  /** Returns the function that ends it. */
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
