import type { Ctx } from '../../context.ts'
import type { Quota, Verdict } from './sliding-window.ts'

export type Runtime = Pick<Ctx, 'now' | 'defer' | 'log'>

/**
 * What the binding or KV says about a key: `counted`, so that the isolate's own count decides; `refused`; or `open`, when
 * it does not answer and the limit must let everything pass.
 */
export type Opinion = 'counted' | 'open' | 'refused'

/** A way to count hits. There must be no await between `judge` and `add`, so that a limit is exact within an isolate. */
export type Layer = {
  prepare: (key: string, quota: Quota, runtime: Runtime) => Promise<Opinion>
  /** Whether one more hit is allowed; counts nothing. */
  judge: (key: string, quota: Quota, now: Date) => Verdict
  add: (key: string, quota: Quota, runtime: Runtime) => void
}
