import type { Ctx } from '../context.ts'
import type { RawEnv } from '../env.ts'

/** Hono's view of the Worker: raw bindings, and the context that the first middleware builds. */
export type AppEnv = { Bindings: RawEnv; Variables: { ctx: Ctx; requestId: string } }
