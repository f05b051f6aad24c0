import {
  CHECKOUT_PATH,
  DELETE_ACCOUNT_PATH,
  EMAIL_PATH,
  EMAIL_VERIFICATION_PATH,
  FORGOTTEN_PASSWORD_PATH,
  REFRESH_BY_TOKEN_PATH,
  REFRESH_PATH,
  REGISTER_PATH,
  SIGN_IN_PATH,
  WEBHOOK_PATH,
} from '../paths.ts'

/**
 * Whom a limit counts. `visitor` is one who has not signed in; `buyer` is the member, or the visitor whose cart it is;
 * `login` is the account that the body names, whether or not there is one.
 */
export type Subject = 'address' | 'visitor' | 'member' | 'buyer' | 'login'

type Limit = { limit: number; windowSeconds: number; by: Subject }

type BurstBinding =
  | 'BURST_SIGN_IN'
  | 'BURST_REFRESH'
  | 'BURST_CHECKOUT'
  | 'BURST_CHECKOUT_RESULT'
  | 'BURST_WEBHOOK_REFUSED'

/** Layer 1: counted by a Workers rate-limit binding, per location; `wrangler.toml` repeats the numbers. */
export type BurstPolicy = Limit & { layer: 'burst'; binding: BurstBinding }

/** Layer 2: counted in KV over windows longer than a binding can have. (Layer 3, the account's lock, is in Postgres.) */
export type WindowPolicy = Limit & { layer: 'kv' }

const MINUTE = 60
const HOUR = 3_600

/** Every limit there is. The names appear in the RateLimit headers, in KV keys and in log lines. */
export const POLICIES = {
  'sign-in-minute': { limit: 5, windowSeconds: MINUTE, by: 'address', layer: 'burst', binding: 'BURST_SIGN_IN' },
  'sign-in-hour': { limit: 10, windowSeconds: HOUR, by: 'address', layer: 'kv' },
  register: { limit: 5, windowSeconds: HOUR, by: 'address', layer: 'kv' },
  'forgotten-password-login': { limit: 5, windowSeconds: HOUR, by: 'login', layer: 'kv' },
  'forgotten-password-address': { limit: 3, windowSeconds: HOUR, by: 'address', layer: 'kv' },
  refresh: { limit: 10, windowSeconds: MINUTE, by: 'address', layer: 'burst', binding: 'BURST_REFRESH' },
  'checkout-result': {
    limit: 120,
    windowSeconds: MINUTE,
    by: 'buyer',
    layer: 'burst',
    binding: 'BURST_CHECKOUT_RESULT',
  },
  checkout: { limit: 10, windowSeconds: MINUTE, by: 'buyer', layer: 'burst', binding: 'BURST_CHECKOUT' },
  'webhook-refused': {
    limit: 100,
    windowSeconds: MINUTE,
    by: 'address',
    layer: 'burst',
    binding: 'BURST_WEBHOOK_REFUSED',
  },
  'email-verification': { limit: 5, windowSeconds: HOUR, by: 'member', layer: 'kv' },
  'delete-account': { limit: 1, windowSeconds: HOUR, by: 'member', layer: 'kv' },
  'export-account': { limit: 10, windowSeconds: HOUR, by: 'member', layer: 'kv' },
  'changes-visitor': { limit: 100, windowSeconds: HOUR, by: 'visitor', layer: 'kv' },
  'changes-address': { limit: 1_000, windowSeconds: HOUR, by: 'address', layer: 'kv' },
  'changes-member': { limit: 1_000, windowSeconds: HOUR, by: 'member', layer: 'kv' },
} as const satisfies Record<string, BurstPolicy | WindowPolicy>

export type PolicyName = keyof typeof POLICIES

/** Paths whose routes bring a limit of their own (route-limits.ts); the `changes-…` limits are for all others. */
export const PATHS_WITH_OWN_LIMIT: ReadonlySet<string> = new Set([
  SIGN_IN_PATH,
  REGISTER_PATH,
  FORGOTTEN_PASSWORD_PATH,
  REFRESH_PATH,
  REFRESH_BY_TOKEN_PATH,
  CHECKOUT_PATH,
  WEBHOOK_PATH,
  EMAIL_PATH,
  EMAIL_VERIFICATION_PATH,
  DELETE_ACCOUNT_PATH,
])
