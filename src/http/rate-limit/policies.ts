import { CHECKOUT_PATH, WEBHOOK_PATH } from '../paths.ts'

/** Whom a limit counts. `buyer` is the member, or the visitor whose cart it is. */
export type Subject = 'address' | 'visitor' | 'member' | 'buyer'

type Limit = { limit: number; windowSeconds: number; by: Subject }

/** Layer 1: counted by a Workers rate-limit binding, per location; `wrangler.toml` repeats the numbers. */
export type BurstPolicy = Limit & { layer: 'burst'; binding: 'BURST_CHECKOUT' | 'BURST_WEBHOOK_REFUSED' }

/** Layer 2: counted in KV over windows longer than a binding can have. */
export type WindowPolicy = Limit & { layer: 'kv' }

/** Every limit there is. The names appear in the RateLimit headers, in KV keys and in log lines. */
export const POLICIES = {
  checkout: { limit: 10, windowSeconds: 60, by: 'buyer', layer: 'burst', binding: 'BURST_CHECKOUT' },
  'webhook-refused': { limit: 100, windowSeconds: 60, by: 'address', layer: 'burst', binding: 'BURST_WEBHOOK_REFUSED' },
  'changes-visitor': { limit: 100, windowSeconds: 3_600, by: 'visitor', layer: 'kv' },
  'changes-address': { limit: 1_000, windowSeconds: 3_600, by: 'address', layer: 'kv' },
  'changes-member': { limit: 1_000, windowSeconds: 3_600, by: 'member', layer: 'kv' },
} as const satisfies Record<string, BurstPolicy | WindowPolicy>

type NamesOf<P> = { [N in keyof typeof POLICIES]: (typeof POLICIES)[N] extends P ? N : never }[keyof typeof POLICIES]

export type BurstName = NamesOf<BurstPolicy>
export type WindowName = NamesOf<WindowPolicy>

/** Paths whose routes bring a limit of their own; the `changes-…` limits are for all others. */
export const PATHS_WITH_OWN_LIMIT: ReadonlySet<string> = new Set([CHECKOUT_PATH, WEBHOOK_PATH])
