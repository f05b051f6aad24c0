/**
 * Whom a limit counts. `visitor` is one who has not signed in; `buyer` is the owner of the cart, member or visitor;
 * `login` is the username or email address in the body, whether or not such an account exists. `address` is a network
 * (`networksOf`); a wide IPv6 network may make ten times as many requests as a single caller.
 */
export type Subject = 'address' | 'visitor' | 'member' | 'buyer' | 'login'

/**
 * Which requests count: every `call`, only those that took effect (`success`), or only those with wrong credentials
 * (`guess`). For the latter two, a request also counts while it is running, so that parallel requests cannot exceed the
 * limit.
 */
export type Counted = 'call' | 'success' | 'guess'

type Limit = {
  limit: number
  by: Subject
  counts: Counted
  /** Does not apply to a request that passed Turnstile, so that honest people behind a shared address are let in. */
  isLiftedByProof?: true
}

/**
 * Layer 1: counted by a Workers rate-limit binding in each location. Limits with the same quota share a binding;
 * `wrangler.toml` repeats the number.
 */
export type BurstLimit = Limit & { layer: 'burst'; limit: 5 | 10 | 100 | 120; windowSeconds: 60 }

/** Layer 2: counted in KV, over longer windows than a binding allows. (Layer 3, the account's lock, is in Postgres.) */
export type WindowLimit = Limit & { layer: 'kv'; windowSeconds: number }

export const BURST_BINDINGS = ['BURST_5', 'BURST_10', 'BURST_100', 'BURST_120'] as const

export const bindingOf = ({ limit }: BurstLimit): (typeof BURST_BINDINGS)[number] => `BURST_${limit}`

const perMinute = <L extends BurstLimit['limit']>(limit: L, by: Subject) =>
  ({ limit, by, counts: 'call', layer: 'burst', windowSeconds: 60 }) as const

const perHour = (limit: number, by: Subject, counts: Counted = 'call') =>
  ({ limit, by, counts, layer: 'kv', windowSeconds: 3_600 }) as const

/**
 * All rate limits. A route names its own in its policy; `changes-…` apply to all changes whose route names none. The
 * names appear in the RateLimit headers, in KV keys and in the log.
 */
export const LIMITS = {
  // Every sign-in costs a password hash, so all count by the minute; by the hour, only wrong passwords count.
  'sign-in-minute': perMinute(5, 'address'),
  'sign-in-hour': perHour(10, 'address', 'guess'),
  // Attempts have a higher limit than accounts, so that somebody whose password was refused five times can try again.
  register: perHour(5, 'address', 'success'),
  'register-attempts': perHour(30, 'address'),
  'privacy-request-email': perHour(3, 'login'),
  'privacy-request-address': perHour(5, 'address'),
  'forgotten-password-login': perHour(5, 'login'),
  'forgotten-password-address': perHour(3, 'address'),
  refresh: perMinute(10, 'address'),
  // Ten a minute allow honest repetitions but not the testing of stolen cards. Anybody can become a new visitor by
  // dropping cookies, so addresses have a limit too.
  checkout: perMinute(10, 'buyer'),
  'checkout-address': { ...perHour(30, 'address'), isLiftedByProof: true },
  // Reading a checkout can cost a call to Stripe, whose rate limit all callers share.
  'checkout-result': perMinute(120, 'buyer'),
  'checkout-result-address': perMinute(120, 'address'),
  turnstile: perMinute(120, 'address'),
  // Searches differ too much for the cache to answer them.
  search: perMinute(120, 'address'),
  // Only calls without a valid signature count, so that no event of a flash sale is refused.
  'webhook-refused': perMinute(100, 'address'),
  // These emails go to unverified addresses: somebody who registers a stranger's address must not flood their mailbox.
  'email-verification': perHour(5, 'member'),
  // Only deletions count; a wrong password counts towards the account's lock instead.
  'delete-account': perHour(1, 'member', 'success'),
  'export-account': perHour(10, 'member'),
  'changes-visitor': perHour(100, 'visitor'),
  'changes-address': perHour(1_000, 'address'),
  'changes-member': perHour(1_000, 'member'),
} as const satisfies Record<string, BurstLimit | WindowLimit>

export type LimitName = keyof typeof LIMITS
