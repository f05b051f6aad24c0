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

type Limit = {
  limit: number
  by: Subject
  counts: Counted
  /** Does not hold for a request with a proof (`askForProof`): honest people behind a shared address get past it. */
  isLiftedByProof?: true
}

/**
 * Layer 1: counted by a Workers rate-limit binding, per location. There is one binding for each quota, which limits
 * share; `wrangler.toml` repeats the number.
 */
export type BurstLimit = Limit & { layer: 'burst'; limit: 5 | 10 | 100 | 120; windowSeconds: 60 }

/** Layer 2: counted in KV over windows longer than a binding can have. (Layer 3, the account's lock, is in Postgres.) */
export type WindowLimit = Limit & { layer: 'kv'; windowSeconds: number }

export const BURST_BINDINGS = ['BURST_5', 'BURST_10', 'BURST_100', 'BURST_120'] as const

export const bindingOf = ({ limit }: BurstLimit): (typeof BURST_BINDINGS)[number] => `BURST_${limit}`

const perMinute = <L extends BurstLimit['limit']>(limit: L, by: Subject) =>
  ({ limit, by, counts: 'call', layer: 'burst', windowSeconds: 60 }) as const

const perHour = (limit: number, by: Subject, counts: Counted = 'call') =>
  ({ limit, by, counts, layer: 'kv', windowSeconds: 3_600 }) as const

/**
 * Every limit there is; a route names its own in its policy. The names appear in the RateLimit headers, in KV keys and in
 * log lines. `changes-…` are for all changes whose route names none.
 */
export const LIMITS = {
  // All sign-ins by the minute, for the work that a password takes; by the hour those with a wrong one.
  'sign-in-minute': perMinute(5, 'address'),
  'sign-in-hour': perHour(10, 'address', 'guess'),
  // Accounts that were made, and attempts: a password that is refused five times leaves room for a sixth.
  register: perHour(5, 'address', 'success'),
  'register-attempts': perHour(30, 'address'),
  'privacy-request-login': perHour(3, 'login'),
  'privacy-request-address': perHour(5, 'address'),
  'forgotten-password-login': perHour(5, 'login'),
  'forgotten-password-address': perHour(3, 'address'),
  refresh: perMinute(10, 'address'),
  // Room for every honest double click, and none for trying stolen cards one after another. Visitors make themselves, so
  // an address has a limit too.
  checkout: perMinute(10, 'buyer'),
  'checkout-address': { ...perHour(30, 'address'), isLiftedByProof: true },
  // A question about a checkout may become one to Stripe, whose own limit nobody shall use up for all.
  'checkout-result': perMinute(120, 'buyer'),
  'checkout-result-address': perMinute(120, 'address'),
  turnstile: perMinute(120, 'address'),
  // Every search is another one, which no cache can answer.
  search: perMinute(120, 'address'),
  // Calls without a valid signature. Valid ones are never counted: all events of a flash sale come in.
  'webhook-refused': perMinute(100, 'address'),
  // Links to an address that nobody has proven to be theirs: an account opened under a stranger's address must not fill
  // their mailbox.
  'email-verification': perHour(5, 'member'),
  // A mistyped password is no deletion, and counts towards the account's lock instead.
  'delete-account': perHour(1, 'member', 'success'),
  'export-account': perHour(10, 'member'),
  'changes-visitor': perHour(100, 'visitor'),
  'changes-address': perHour(1_000, 'address'),
  'changes-member': perHour(1_000, 'member'),
} as const satisfies Record<string, BurstLimit | WindowLimit>

export type LimitName = keyof typeof LIMITS
