import type { Ctx } from '../context.ts'
import type { RawEnv } from '../env.ts'
import type { PageShop } from './page/layout.ts'
import type { Policy } from './policy.ts'

/** Hono's types for the Worker: raw bindings, and the variables that middleware sets on a request. */
export type AppEnv = {
  Bindings: RawEnv
  Variables: {
    ctx: Ctx
    requestId: string
    /** The policy of the route; undefined until the route is known, and for unknown routes. */
    policy?: Policy | undefined
    shop?: PageShop
    /** Set by `askForProof` when the caller has passed Turnstile. */
    isProven?: true
  }
}
