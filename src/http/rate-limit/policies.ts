/**
 * Whom a limit counts. `visitor` is one who has not signed in; `buyer` is the member, or the visitor whose cart it is;
 * `login` is the account or the email address that the body names, whether or not there is one. `address` is a network,
 * see `networksOf`: from a wide IPv6 one ten times as much is let in as from a single caller.
 */
export type Subject = 'address' | 'visitor' | 'member' | 'buyer' | 'login'

/**
 * What of it: every `call`; only those that took effect (`success`); or only those with wrong credentials (`guess`).
 * While one of the latter two is under way it counts, so that many at once cannot slip in.
 */
export type Counted = 'call' | 'success' | 'guess'

type Policy = {
  limit: number
  by: Subject
  counts: Counted
  /** Does not hold for a request with a proof (`askForProof`): honest people behind a shared address get past it. */
  isLiftedByProof?: true
}

/**
 * Layer 1: counted by a Workers rate-limit binding, per location. There is one binding for each quota, which policies
 * share; `wrangler.toml` repeats the number.
 */
export type BurstPolicy = Policy & { layer: 'burst'; limit: 5 | 10 | 100 | 120; windowSeconds: 60 }

/** Layer 2: counted in KV over windows longer than a binding can have. (Layer 3, the account's lock, is in Postgres.) */
export type WindowPolicy = Policy & { layer: 'kv'; windowSeconds: number }

export const BURST_BINDINGS = ['BURST_5', 'BURST_10', 'BURST_100', 'BURST_120'] as const

export const bindingOf = ({ limit }: BurstPolicy): (typeof BURST_BINDINGS)[number] => `BURST_${limit}`

const perMinute = <L extends BurstPolicy['limit']>(limit: L, by: Subject) =>
  ({ limit, by, counts: 'call', layer: 'burst', windowSeconds: 60 }) as const

const perHour = (limit: number, by: Subject, counts: Counted = 'call') =>
  ({ limit, by, counts, layer: 'kv', windowSeconds: 3_600 }) as const

/**
 * Every limit there is. The names appear in the RateLimit headers, in KV keys and in log lines. `limitBy` puts one on a
 * route; `changes-…` are for all changes whose route has none.
 */
export const POLICIES = {
  'sign-in-minute': perMinute(5, 'address'),
  'sign-in-hour': perHour(10, 'address', 'guess'),
  register: perHour(5, 'address', 'success'),
  'register-attempts': perHour(30, 'address'),
  'privacy-request-login': perHour(3, 'login'),
  'privacy-request-address': perHour(5, 'address'),
  'forgotten-password-login': perHour(5, 'login'),
  'forgotten-password-address': perHour(3, 'address'),
  refresh: perMinute(10, 'address'),
  checkout: perMinute(10, 'buyer'),
  'checkout-address': { ...perHour(30, 'address'), isLiftedByProof: true },
  'checkout-result': perMinute(120, 'buyer'),
  'checkout-result-address': perMinute(120, 'address'),
  turnstile: perMinute(120, 'address'),
  search: perMinute(120, 'address'),
  'webhook-refused': perMinute(100, 'address'),
  'email-verification': perHour(5, 'member'),
  'delete-account': perHour(1, 'member', 'success'),
  'export-account': perHour(10, 'member'),
  'changes-visitor': perHour(100, 'visitor'),
  'changes-address': perHour(1_000, 'address'),
  'changes-member': perHour(1_000, 'member'),
} as const satisfies Record<string, BurstPolicy | WindowPolicy>

export type PolicyName = keyof typeof POLICIES
