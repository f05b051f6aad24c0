import type { Ctx } from '../context.ts'
import type { RawEnv } from '../env.ts'
import type { PageShop } from './page/layout.ts'
import type { Policy } from './policy.ts'

/** Hono's view of the Worker: raw bindings, the context that the first middleware builds, and the shop of a page. */
export type AppEnv = {
  Bindings: RawEnv
  Variables: {
    ctx: Ctx
    requestId: string
    /** That of the route, once it is known that there is one. */
    policy?: Policy | undefined
    shop?: PageShop
    /** Set by `askForProof` when the caller has shown not to be a program. */
    isProven?: true
  }
}
