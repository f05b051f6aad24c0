import type { Ctx } from '../../context.ts'
import type { Quota, Verdict } from './sliding-window.ts'

export type Runtime = Pick<Ctx, 'now' | 'defer' | 'log'>

/**
 * What the world outside this isolate says of a key: `counted`, so that the isolate's own count decides; `refused`;
 * or `open`, when it cannot be asked and the limit must let everything through.
 */
export type Opinion = 'counted' | 'open' | 'refused'

/** One way to count hits. Between `judge` and `add` nothing waits, so that within an isolate a limit is exact. */
export type Layer = {
  prepare: (key: string, quota: Quota, runtime: Runtime) => Promise<Opinion>
  /** Whether one more hit fits; counts nothing. */
  judge: (key: string, quota: Quota, now: Date) => Verdict
  add: (key: string, quota: Quota, runtime: Runtime) => void
}
